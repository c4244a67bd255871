/// Action Message Format 0, the values of RTMP commands and metadata, with the part of AMF3 that
/// reaches a server through marker 0x11.
///
/// Bytes in, [Amf0Value] out, and the reverse. Start reading at [Amf0Value] and [Amf0Reader].
@NullMarked
package nova.media.amf0;

import org.jspecify.annotations.NullMarked;
