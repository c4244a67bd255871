package nova.media.avc;

/// What a NAL unit carries.
///
/// Spec: ISO/IEC 14496-10 §7.4.1, table 7-1 (nal_unit_type). *Immutable.*
public enum NalUnitType {
  UNSPECIFIED,
  NON_IDR_SLICE,
  SLICE_PARTITION_A,
  SLICE_PARTITION_B,
  SLICE_PARTITION_C,
  IDR_SLICE,
  SUPPLEMENTAL_ENHANCEMENT,
  SEQUENCE_PARAMETER_SET,
  PICTURE_PARAMETER_SET,
  ACCESS_UNIT_DELIMITER,
  END_OF_SEQUENCE,
  END_OF_STREAM,
  FILLER,
  SEQUENCE_PARAMETER_SET_EXTENSION,
  PREFIX,
  SUBSET_SEQUENCE_PARAMETER_SET,
  DEPTH_PARAMETER_SET,
  RESERVED,
  AUXILIARY_SLICE,
  SLICE_EXTENSION,
  DEPTH_SLICE_EXTENSION;

  private static final NalUnitType[] BY_CODE = byCode();

  /// The type in the first byte of a NAL unit.
  public static NalUnitType ofHeader(int firstByte) {
    return BY_CODE[firstByte & 0x1f];
  }

  /// Whether the unit holds part of a coded picture.
  public boolean isSlice() {
    return compareTo(NON_IDR_SLICE) >= 0 && compareTo(IDR_SLICE) <= 0;
  }

  private static NalUnitType[] byCode() {
    NalUnitType[] types = new NalUnitType[32];
    for (int code = 0; code < types.length; code++) {
      types[code] =
          switch (code) {
            case 17, 18, 22, 23 -> RESERVED;
            case 19 -> AUXILIARY_SLICE;
            case 20 -> SLICE_EXTENSION;
            case 21 -> DEPTH_SLICE_EXTENSION;
            default -> code <= 16 ? values()[code] : UNSPECIFIED;
          };
    }
    return types;
  }
}
