/// RTMP messages: what a whole message of the chunk layer means, one record per message.
///
/// [nova.ingest.chunk.RawMessage] in, [RtmpMessage] out, and the reverse. Start reading at
/// [RtmpMessageReader].
@NullMarked
package nova.ingest.message;

import org.jspecify.annotations.NullMarked;
