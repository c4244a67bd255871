/// The RTMP chunk layer: interleaved chunks to whole messages and back, without knowing what a
/// message means.
///
/// Bytes of a connection after its handshake in, [RawMessage]s out, and the reverse. Start reading
/// at [ChunkReader].
@NullMarked
package nova.ingest.chunk;

import org.jspecify.annotations.NullMarked;
