/// RTMP ingest: from a broadcaster's connection to entries of the frame log.
///
/// Bytes of encoders in, log entries and stream events out. Start reading at [RtmpServer], then
/// follow the bytes: transport, handshake, chunk, message, command, connection, publish.
@NullMarked
package nova.ingest;

import org.jspecify.annotations.NullMarked;
