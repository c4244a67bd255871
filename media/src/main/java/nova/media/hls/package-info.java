/// HLS playlists as values, and their text.
///
/// Records hold what a playlist says, in ticks and instants, and refuse what the specification
/// forbids; writers turn them into text. Start reading at [MediaPlaylist] and
/// [MediaPlaylistWriter].
@NullMarked
package nova.media.hls;

import org.jspecify.annotations.NullMarked;
