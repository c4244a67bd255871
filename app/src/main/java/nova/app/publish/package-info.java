/// A publisher: sends a file or a test pattern to an RTMP server in real time, for the demo, for
/// tests and for people without an encoder at hand.
///
/// FLV tags in, RTMP out, one blocking thread; what is not FLV a worker makes it. Start reading at
/// [RtmpPublisher] and [Broadcast].
@NullMarked
package nova.app.publish;

import org.jspecify.annotations.NullMarked;
