package nova.media.mp4;

import java.nio.ByteBuffer;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.bytes.ByteReader;

/// The nested descriptors that carry an AudioSpecificConfig in `esds`.
///
///     ES_Descriptor 03
///     ├── DecoderConfigDescriptor 04
///     │   └── DecoderSpecificInfo 05 (AudioSpecificConfig)
///     └── SLConfigDescriptor 06
///
/// Spec: ISO/IEC 14496-1 §7.2.6.5–7.2.6.8, ISO/IEC 14496-14 §6.7.2 (esds).
final class ElementaryStreamDescriptor {
  private static final int ES_DESCRIPTOR = 0x03;
  private static final int DECODER_CONFIG = 0x04;
  private static final int DECODER_SPECIFIC_INFO = 0x05;
  private static final int SL_CONFIG = 0x06;

  private static final int MPEG4_AUDIO = 0x40;
  private static final int AUDIO_STREAM = 0x05;
  private static final int SL_RESERVED_FOR_MP4 = 0x02;

  /// Tag, and the length in the four-byte form that every demuxer knows.
  private static final int HEAD_BYTES = 5;

  private static final int MAX_CONFIGURATION_BYTES = 1 << 16;

  private ElementaryStreamDescriptor() {}

  static Box esds(Bytes audioSpecificConfig) {
    if (audioSpecificConfig.length() > MAX_CONFIGURATION_BYTES) {
      throw new IllegalArgumentException(
          "AudioSpecificConfig of %d bytes (expected: <= %d)"
              .formatted(audioSpecificConfig.length(), MAX_CONFIGURATION_BYTES));
    }
    int decoderConfigBytes = 13 + HEAD_BYTES + audioSpecificConfig.length();
    int esBytes = 3 + HEAD_BYTES + decoderConfigBytes + HEAD_BYTES + 1;
    return Box.full(
        "esds",
        0,
        0,
        HEAD_BYTES + esBytes,
        out -> {
          head(out, ES_DESCRIPTOR, esBytes);
          out.putShort((short) 0); // ES_ID: 0 in a file, the track id stands for it
          out.put((byte) 0); // flags and streamPriority
          head(out, DECODER_CONFIG, decoderConfigBytes);
          out.put((byte) MPEG4_AUDIO); // objectTypeIndication
          out.put((byte) (AUDIO_STREAM << 2 | 1)); // streamType:6 upStream:1 reserved:1
          MovieBoxes.zeros(out, 3); // bufferSizeDB UI24
          out.putInt(0); // maxBitrate: unknown
          out.putInt(0); // avgBitrate: unknown
          head(out, DECODER_SPECIFIC_INFO, audioSpecificConfig.length());
          audioSpecificConfig.copyTo(out);
          head(out, SL_CONFIG, 1);
          out.put((byte) SL_RESERVED_FOR_MP4); // predefined
        });
  }

  /// Reads back what [#esds] wrote.
  ///
  /// @param esds the body of the box
  static Bytes audioSpecificConfig(ByteReader esds) {
    esds.skip(Box.FULL_BYTES);
    ByteReader stream = inner(esds, ES_DESCRIPTOR);
    stream.skip(3); // ES_ID, flags and streamPriority
    ByteReader decoder = inner(stream, DECODER_CONFIG);
    decoder.skip(13); // objectTypeIndication to avgBitrate
    return inner(decoder, DECODER_SPECIFIC_INFO).rest();
  }

  private static ByteReader inner(ByteReader parent, int expected) {
    int at = parent.offset();
    int tag = parent.u8();
    if (tag != expected) {
      throw new MalformedMediaException(
          "bad-cmaf-header",
          "descriptor 0x%02x at offset 0x%x (expected: 0x%02x)".formatted(tag, at, expected));
    }
    int length = 0;
    for (int i = 0; i < HEAD_BYTES - 1; i++) { // seven bits each, the highest bit: more follow
      int bits = parent.u8();
      length = (length << 7) | (bits & 0x7f);
      if ((bits & 0x80) == 0) {
        break;
      }
    }
    return parent.inner(length);
  }

  private static void head(ByteBuffer out, int tag, int length) {
    out.put((byte) tag);
    out.put((byte) (0x80 | length >> 21));
    out.put((byte) (0x80 | length >> 14));
    out.put((byte) (0x80 | length >> 7));
    out.put((byte) (length & 0x7f));
  }
}
