package nova.media.avc;

import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.bytes.BitReader;
import nova.media.bytes.EmulationPrevention;

/// Size, format and timing of the pictures that refer to it.
///
/// Spec: ISO/IEC 14496-10 §7.3.2.1.1 (seq_parameter_set_data). *Immutable.*
///
/// @param profile profile_idc
/// @param compatibility the byte of constraint_set flags
/// @param level level_idc
/// @param chromaFormat chroma_format_idc: 0 monochrome, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4
/// @param maxReferenceFrames max_num_ref_frames
/// @param interlaced whether pictures may be fields, that is, frame_mbs_only_flag is 0
/// @param codedWidth in pixels before cropping, a multiple of 16
/// @param codedHeight in pixels before cropping
/// @param width in pixels after cropping
/// @param height in pixels after cropping
/// @param vui [VuiParameters#ABSENT] when there are none
public record SequenceParameterSet(
    int id,
    int profile,
    int compatibility,
    int level,
    int chromaFormat,
    int bitDepthLuma,
    int bitDepthChroma,
    int maxReferenceFrames,
    boolean interlaced,
    int codedWidth,
    int codedHeight,
    int width,
    int height,
    VuiParameters vui) {
  private static final String STRUCTURE = "sequence-parameter-set";

  /// Square root of 8 × MaxFS of level 6.2, the largest side in macroblocks (§A.3.1).
  private static final int MAX_SIDE_IN_MACROBLOCKS = 1055;

  private record ChromaFormat(int idc, boolean separatePlanes, int depthLuma, int depthChroma) {
    static final ChromaFormat DEFAULT = new ChromaFormat(1, false, 8, 8);

    /// 0 without chroma of its own.
    int arrayType() {
      return separatePlanes ? 0 : idc;
    }
  }

  /// Reads a NAL unit of type 7 with its header.
  public static SequenceParameterSet read(Bytes nalUnit) {
    BitReader in = new BitReader(EmulationPrevention.remove(nalUnit), STRUCTURE);
    int header = in.bits(8);
    if (NalUnitType.ofHeader(header) != NalUnitType.SEQUENCE_PARAMETER_SET) {
      throw new MalformedMediaException(
          "bad-" + STRUCTURE,
          "NAL unit header 0x%02x in front of a sequence parameter set (expected: type 7)"
              .formatted(header));
    }
    int profile = in.bits(8);
    int compatibility = in.bits(8);
    int level = in.bits(8);
    int id = in.ue("seq_parameter_set_id", 31);
    ChromaFormat chroma = hasChromaFormat(profile) ? readChroma(in) : ChromaFormat.DEFAULT;
    in.ue("log2_max_frame_num_minus4", 12);
    skipPictureOrderCount(in);
    int references = in.ue("max_num_ref_frames", 16);
    in.skip(1); // gaps_in_frame_num_value_allowed_flag
    int widthInMacroblocks = in.ue("pic_width_in_mbs_minus1", MAX_SIDE_IN_MACROBLOCKS - 1) + 1;
    int heightInMapUnits = in.ue("pic_height_in_map_units_minus1", MAX_SIDE_IN_MACROBLOCKS - 1) + 1;
    boolean interlaced = !in.flag(); // frame_mbs_only_flag
    if (interlaced) {
      in.skip(1); // mb_adaptive_frame_field_flag
    }
    in.skip(1); // direct_8x8_inference_flag
    int codedWidth = widthInMacroblocks * 16;
    int codedHeight = heightInMapUnits * 16 * (interlaced ? 2 : 1);
    int width = codedWidth;
    int height = codedHeight;
    if (in.flag()) { // frame_cropping_flag
      int unitX = chroma.arrayType() == 1 || chroma.arrayType() == 2 ? 2 : 1;
      int unitY = (chroma.arrayType() == 1 ? 2 : 1) * (interlaced ? 2 : 1);
      width -= unitX * cropped(in, "horizontal", codedWidth / unitX);
      height -= unitY * cropped(in, "vertical", codedHeight / unitY);
    }
    VuiParameters vui = in.flag() ? readVui(in) : VuiParameters.ABSENT;
    return new SequenceParameterSet(
        id,
        profile,
        compatibility,
        level,
        chroma.idc(),
        chroma.depthLuma(),
        chroma.depthChroma(),
        references,
        interlaced,
        codedWidth,
        codedHeight,
        width,
        height,
        vui);
  }

  /// Left and right, or top and bottom crop offsets together, in crop units.
  private static int cropped(BitReader in, String direction, int side) {
    long crop = in.ue() + in.ue();
    if (crop >= side) {
      throw new MalformedMediaException(
          "bad-" + STRUCTURE,
          "sequence parameter set crops %d units off a %s side of %d (expected: < %d)"
              .formatted(crop, direction, side, side));
    }
    return (int) crop;
  }

  /// Encoders exist whose VUI parameters are cut short; decoders play their pictures all the same.
  private static VuiParameters readVui(BitReader in) {
    try {
      return VuiParameters.read(in);
    } catch (MalformedMediaException e) {
      return VuiParameters.ABSENT;
    }
  }

  private static boolean hasChromaFormat(int profile) {
    return switch (profile) {
      case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
      default -> false;
    };
  }

  private static ChromaFormat readChroma(BitReader in) {
    int idc = in.ue("chroma_format_idc", 3);
    boolean separatePlanes = idc == 3 && in.flag();
    int depthLuma = in.ue("bit_depth_luma_minus8", 6) + 8;
    int depthChroma = in.ue("bit_depth_chroma_minus8", 6) + 8;
    in.skip(1); // qpprime_y_zero_transform_bypass_flag
    if (in.flag()) { // seq_scaling_matrix_present_flag
      for (int i = 0; i < (idc == 3 ? 12 : 8); i++) {
        if (in.flag()) {
          skipScalingList(in, i < 6 ? 16 : 64);
        }
      }
    }
    return new ChromaFormat(idc, separatePlanes, depthLuma, depthChroma);
  }

  /// Spec: ISO/IEC 14496-10 §7.3.2.1.1.1 (scaling_list).
  private static void skipScalingList(BitReader in, int size) {
    long last = 8;
    for (int i = 0; i < size; i++) {
      long next = Math.floorMod(last + in.se(), 256L);
      if (next == 0) {
        return;
      }
      last = next;
    }
  }

  private static void skipPictureOrderCount(BitReader in) {
    switch (in.ue("pic_order_cnt_type", 2)) {
      case 0 -> in.ue("log2_max_pic_order_cnt_lsb_minus4", 12);
      case 1 -> {
        in.skip(1); // delta_pic_order_always_zero_flag
        in.se(); // offset_for_non_ref_pic
        in.se(); // offset_for_top_to_bottom_field
        int cycle = in.ue("num_ref_frames_in_pic_order_cnt_cycle", 255);
        for (int i = 0; i < cycle; i++) {
          in.se(); // offset_for_ref_frame
        }
      }
      default -> {} // type 2 has no fields
    }
  }
}
