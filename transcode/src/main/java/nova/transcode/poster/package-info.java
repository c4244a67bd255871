/// A picture of every live stream every few seconds, for those who choose what to watch.
///
/// Keyframes from the frame logs in, JPEG files out; one child process decodes for all streams.
/// Start reading at [Posters].
@NullMarked
package nova.transcode.poster;

import org.jspecify.annotations.NullMarked;
