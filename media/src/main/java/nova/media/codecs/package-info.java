/// Names of codecs as playlists, manifests and browsers want them.
///
/// Numbers of decoder configurations in, RFC 6381 strings out. Start reading at [CodecStrings].
@NullMarked
package nova.media.codecs;

import org.jspecify.annotations.NullMarked;
