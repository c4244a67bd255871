/// AAC as far as a server must understand it.
///
/// Bytes of a decoder configuration in, records out; sound stays opaque. Start reading at
/// [AudioSpecificConfig]; [AacFormats] makes a track format of it.
@NullMarked
package nova.media.aac;

import org.jspecify.annotations.NullMarked;
