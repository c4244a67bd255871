/// The RTMP handshake of both ends, simple and with digests.
///
/// The first bytes of a connection in, the answer and a verdict on who is speaking out. Start
/// reading at [ServerHandshake].
@NullMarked
package nova.ingest.handshake;

import org.jspecify.annotations.NullMarked;
