/// Cursors over bytes and bits that know where they are: the tools every format reader is made of.
///
/// [nova.core.Bytes] in, numbers and slices out, and the reverse; big-endian throughout. Running
/// past the end is the peer's fault and says where. Start reading at [ByteReader].
@NullMarked
package nova.media.bytes;

import org.jspecify.annotations.NullMarked;
