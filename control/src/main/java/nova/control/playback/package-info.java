/// Who may watch: what every request of a viewer is judged by, from memory.
///
/// A channel and a token's secret in, yes or no out. Start reading at [PlaybackRights].
@NullMarked
package nova.control.playback;

import org.jspecify.annotations.NullMarked;
