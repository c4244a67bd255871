/// A publisher: sends an FLV file to an RTMP server in real time, for the demo, for tests and for
/// people without an encoder at hand.
///
/// FLV tags in, RTMP out, one blocking thread. Start reading at [RtmpPublisher] and [Broadcast].
@NullMarked
package nova.app.publish;

import org.jspecify.annotations.NullMarked;
