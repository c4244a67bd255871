/// FLV: the payloads of RTMP audio and video messages, legacy and enhanced, and files of them.
///
/// Payloads in, [VideoPacket] and [AudioPacket] out; codec payloads stay opaque slices. Start
/// reading at [VideoPackets] for messages and at [FlvTagReader] and [FlvTagWriter] for files.
@NullMarked
package nova.media.flv;

import org.jspecify.annotations.NullMarked;
