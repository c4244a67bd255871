/// The child process that makes a ladder's encoded rungs with FFmpeg's libraries, one per stream.
///
/// Log entries of the source come in on stdin, log entries of the rungs go out on stdout. Nothing
/// else of Nova sees FFmpeg, and a crash in it costs one worker. Start reading at [LadderWorker];
/// the packages below hold the programs of `nova demo` and `nova publish`.
@NullMarked
package nova.worker;

import org.jspecify.annotations.NullMarked;
