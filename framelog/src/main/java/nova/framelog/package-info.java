/// The frame log: the shelf between ingest, transcode and packager.
///
/// One writer per stream appends entries, any number of readers follow them. The writer's side
/// decides segment boundaries and numbers, and everyone obeys. Start reading at [LogEntry] and
/// [FrameLog].
@NullMarked
package nova.framelog;

import org.jspecify.annotations.NullMarked;
