/// Stream keys: which secrets publish to a channel, from where and until when.
///
/// A secret and an address in, a [KeyCheck] out. Start reading at [StreamKeys].
@NullMarked
package nova.control.streamkey;

import org.jspecify.annotations.NullMarked;
