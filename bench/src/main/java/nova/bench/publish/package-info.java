/// Broadcasters: one clip, many RTMP connections, real time.
///
/// A [Clip] is encoded once; [Publishers] send it in a loop to any RTMP server. Start reading at
/// [Publishers].
@NullMarked
package nova.bench.publish;

import org.jspecify.annotations.NullMarked;
