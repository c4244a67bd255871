package nova.media.avc;

import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.ByteWriter;
import org.jspecify.annotations.Nullable;

/// What a decoder needs before the first picture; the body of the `avcC` box and of an FLV sequence
/// header.
///
/// Spec: ISO/IEC 14496-15 §5.3.3.1. *Immutable.*
///
/// @param profile AVCProfileIndication
/// @param compatibility profile_compatibility, the constraint_set flags
/// @param level AVCLevelIndication
/// @param nalLengthSize bytes of the length before each NAL unit: 1, 2 or 4
/// @param highProfileFields what follows for high profiles; null where encoders leave it out
public record AvcDecoderConfigurationRecord(
    int profile,
    int compatibility,
    int level,
    int nalLengthSize,
    List<Bytes> sequenceParameterSets,
    List<Bytes> pictureParameterSets,
    @Nullable HighProfileFields highProfileFields) {

  /// Picture format of high profiles, repeated from the sequence parameter set.
  ///
  /// @param chromaFormat chroma_format_idc: 1 for 4:2:0
  public record HighProfileFields(
      int chromaFormat,
      int bitDepthLuma,
      int bitDepthChroma,
      List<Bytes> sequenceParameterSetExtensions) {
    public HighProfileFields {
      sequenceParameterSetExtensions = List.copyOf(sequenceParameterSetExtensions);
    }
  }

  public AvcDecoderConfigurationRecord {
    sequenceParameterSets = List.copyOf(sequenceParameterSets);
    pictureParameterSets = List.copyOf(pictureParameterSets);
    if (nalLengthSize != 1 && nalLengthSize != 2 && nalLengthSize != 4) {
      throw new MalformedMediaException(
          "bad-avc-configuration",
          "AVC NAL unit length of %d bytes (expected: 1, 2 or 4)".formatted(nalLengthSize));
    }
    if (sequenceParameterSets.size() > 31 || pictureParameterSets.size() > 255) {
      throw new IllegalArgumentException(
          "%d sequence and %d picture parameter sets (expected: <= 31 and <= 255)"
              .formatted(sequenceParameterSets.size(), pictureParameterSets.size()));
    }
  }

  /// Reads a record; bytes after it are ignored.
  public static AvcDecoderConfigurationRecord read(Bytes bytes) {
    ByteReader in = new ByteReader(bytes, "avc-configuration");
    int version = in.u8();
    if (version != 1) {
      throw new MalformedMediaException(
          "bad-avc-configuration",
          "AVC configuration version %d at offset 0x0 (expected: 1)".formatted(version));
    }
    int profile = in.u8();
    int compatibility = in.u8();
    int level = in.u8();
    int nalLengthSize = (in.u8() & 3) + 1;
    List<Bytes> sequenceSets = readSets(in, in.u8() & 0x1f, NalUnitType.SEQUENCE_PARAMETER_SET);
    List<Bytes> pictureSets = readSets(in, in.u8(), NalUnitType.PICTURE_PARAMETER_SET);
    HighProfileFields high = hasHighProfileFields(profile) ? readHighProfileFields(in) : null;
    return new AvcDecoderConfigurationRecord(
        profile, compatibility, level, nalLengthSize, sequenceSets, pictureSets, high);
  }

  /// The bytes of this record.
  public Bytes write() {
    ByteWriter out = new ByteWriter(64);
    out.u8(1) // configurationVersion
        .u8(profile)
        .u8(compatibility)
        .u8(level)
        .u8(0xfc | (nalLengthSize - 1)) // reserved(6), lengthSizeMinusOne(2)
        .u8(0xe0 | sequenceParameterSets.size()); // reserved(3), numOfSequenceParameterSets(5)
    writeSets(out, sequenceParameterSets);
    out.u8(pictureParameterSets.size()); // numOfPictureParameterSets
    writeSets(out, pictureParameterSets);
    if (highProfileFields != null) {
      out.u8(0xfc | highProfileFields.chromaFormat) // reserved(6), chroma_format(2)
          .u8(0xf8 | (highProfileFields.bitDepthLuma - 8)) // reserved(5), minus8(3)
          .u8(0xf8 | (highProfileFields.bitDepthChroma - 8)) // reserved(5), minus8(3)
          .u8(highProfileFields.sequenceParameterSetExtensions.size());
      writeSets(out, highProfileFields.sequenceParameterSetExtensions);
    }
    return out.toBytes();
  }

  /// Whether records of `profile` end with [HighProfileFields].
  static boolean hasHighProfileFields(int profile) {
    return profile != 66 && profile != 77 && profile != 88;
  }

  /// Encoders that follow the first edition leave these fields out, and some put other bytes there;
  /// the sequence parameter set says the same.
  private static @Nullable HighProfileFields readHighProfileFields(ByteReader in) {
    try {
      return new HighProfileFields(
          in.u8() & 3,
          (in.u8() & 7) + 8,
          (in.u8() & 7) + 8,
          readSets(in, in.u8(), NalUnitType.SEQUENCE_PARAMETER_SET_EXTENSION));
    } catch (MalformedMediaException e) {
      return null;
    }
  }

  private static List<Bytes> readSets(ByteReader in, int count, NalUnitType type) {
    List<Bytes> sets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = in.offset();
      Bytes set = in.bytes(in.u16());
      if (set.isEmpty() || NalUnitType.ofHeader(set.getUnsigned(0)) != type) {
        throw new MalformedMediaException(
            "bad-avc-configuration",
            "AVC configuration has %s at offset 0x%x (expected: a NAL unit of type %s)"
                .formatted(set, at, type));
      }
      sets.add(set);
    }
    return sets;
  }

  private static void writeSets(ByteWriter out, List<Bytes> sets) {
    for (Bytes set : sets) {
      out.u16(set.length()).bytes(set);
    }
  }
}
