package nova.media.flv;

import nova.media.bytes.ByteReader;

/// Extensions in front of an enhanced header, and the packet type after them. Unknown ones are
/// skipped.
///
/// Spec: E-RTMP v2 "VideoPacketType.ModEx", "AudioPacketType.ModEx". *Immutable.*
///
/// @param nanosecondOffset to add to the presentation time of this message, 0..999,999
record ModEx(int packetType, int nanosecondOffset) {
  static final int PACKET_TYPE = 7;
  private static final int TIMESTAMP_OFFSET_NANO = 0;
  private static final int MAX_NANOSECONDS = 999_999;

  /// Reads as many extensions as there are.
  ///
  /// @param packetType from the first byte of the message
  static ModEx read(ByteReader in, int packetType) {
    int type = packetType;
    int nanoseconds = 0;
    while (type == PACKET_TYPE) {
      int size = in.u8() + 1; // modExDataSize
      if (size == 256) {
        size = in.u16() + 1;
      }
      ByteReader extension = in.inner(size);
      int next = in.u8(); // modExType(4), packetType(4)
      type = next & 0xf;
      if (next >> 4 == TIMESTAMP_OFFSET_NANO && size >= 3) {
        nanoseconds = Math.min(extension.u24(), MAX_NANOSECONDS);
      }
    }
    return new ModEx(type, nanoseconds);
  }
}
