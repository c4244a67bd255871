/// RTMP over TCP on Netty: the only place of ingest that knows sockets and `ByteBuf`.
///
/// Start reading at [RtmpListener], which accepts connections, and [RtmpChannel], which is one.
@NullMarked
package nova.ingest.transport;

import org.jspecify.annotations.NullMarked;
