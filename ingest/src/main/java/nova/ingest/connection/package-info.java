/// The command flow of one RTMP connection, and the limits that count across connections.
///
/// Messages of a peer in, messages to it out; an accepted publisher's media goes on to
/// [nova.ingest.publish]. Start reading at [RtmpConnection].
@NullMarked
package nova.ingest.connection;

import org.jspecify.annotations.NullMarked;
