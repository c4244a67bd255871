package nova.media.avc;

import nova.media.MalformedMediaException;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.bytes.BitReader;

/// How decoded pictures are to be shown, as a sequence parameter set may tell.
///
/// Spec: ISO/IEC 14496-10 §E.1.1 (vui_parameters). *Immutable.*
///
/// @param colour what the sample values mean
/// @param unitsInTick num_units_in_tick; 0 when there is no timing
/// @param timeScale time_scale, ticks per second; 0 when there is no timing
/// @param fixedFrameRate whether the encoder promises equal distances
/// @param maxReorderFrames how many frames may precede one in decoding order and follow it in
///   output order; [#UNKNOWN] when not told
/// @param maxDecodedFrames max_dec_frame_buffering; [#UNKNOWN] when not told
public record VuiParameters(
    PixelAspectRatio pixelAspectRatio,
    ColourDescription colour,
    long unitsInTick,
    long timeScale,
    boolean fixedFrameRate,
    int maxReorderFrames,
    int maxDecodedFrames) {
  /// A number that the bitstream does not tell.
  public static final int UNKNOWN = -1;

  /// What holds without VUI parameters.
  public static final VuiParameters ABSENT =
      new VuiParameters(
          PixelAspectRatio.SQUARE, ColourDescription.UNSPECIFIED, 0, 0, false, UNKNOWN, UNKNOWN);

  /// Code points of ITU-T H.273; 2 is unspecified.
  public record ColourDescription(boolean fullRange, int primaries, int transfer, int matrix) {
    public static final ColourDescription UNSPECIFIED = new ColourDescription(false, 2, 2, 2);
  }

  private static final int EXTENDED_SAR = 255;

  /// Table E-1 from aspect_ratio_idc 1 on: width, height.
  private static final int[][] ASPECT_RATIOS = {
    {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11},
    {80, 33}, {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1},
  };

  /// Frames per second, two ticks each; 0 when there is no timing.
  public double frameRate() {
    return unitsInTick == 0 ? 0 : timeScale / (2.0 * unitsInTick);
  }

  static VuiParameters read(BitReader in) {
    PixelAspectRatio aspectRatio = in.flag() ? aspectRatio(in) : PixelAspectRatio.SQUARE;
    if (in.flag()) { // overscan_info_present_flag
      in.skip(1); // overscan_appropriate_flag
    }
    ColourDescription colour = in.flag() ? colour(in) : ColourDescription.UNSPECIFIED;
    if (in.flag()) { // chroma_loc_info_present_flag
      in.ue("chroma_sample_loc_type_top_field", 5);
      in.ue("chroma_sample_loc_type_bottom_field", 5);
    }
    long unitsInTick = 0;
    long timeScale = 0;
    boolean fixed = false;
    if (in.flag()) { // timing_info_present_flag
      unitsInTick = in.u32();
      timeScale = in.u32();
      fixed = in.flag();
    }
    boolean nalHrd = in.flag();
    if (nalHrd) {
      skipHypotheticalReferenceDecoder(in);
    }
    boolean vclHrd = in.flag();
    if (vclHrd) {
      skipHypotheticalReferenceDecoder(in);
    }
    if (nalHrd || vclHrd) {
      in.skip(1); // low_delay_hrd_flag
    }
    in.skip(1); // pic_struct_present_flag
    int reorder = UNKNOWN;
    int buffering = UNKNOWN;
    if (in.flag()) { // bitstream_restriction_flag
      in.skip(1); // motion_vectors_over_pic_boundaries_flag
      in.ue("max_bytes_per_pic_denom", 16);
      in.ue("max_bits_per_mb_denom", 16);
      in.ue("log2_max_mv_length_horizontal", 32);
      in.ue("log2_max_mv_length_vertical", 32);
      reorder = in.ue("max_num_reorder_frames", 16);
      buffering = in.ue("max_dec_frame_buffering", 16);
    }
    return new VuiParameters(
        aspectRatio, colour, unitsInTick, timeScale, fixed, reorder, buffering);
  }

  private static PixelAspectRatio aspectRatio(BitReader in) {
    int idc = in.bits(8);
    if (idc == EXTENDED_SAR) {
      int width = in.bits(16);
      int height = in.bits(16);
      // Zero means unspecified.
      return width == 0 || height == 0 ? PixelAspectRatio.SQUARE : reduced(width, height);
    }
    return idc == 0 || idc > ASPECT_RATIOS.length
        ? PixelAspectRatio.SQUARE // unspecified or reserved
        : new PixelAspectRatio(ASPECT_RATIOS[idc - 1][0], ASPECT_RATIOS[idc - 1][1]);
  }

  private static PixelAspectRatio reduced(int width, int height) {
    int divisor = width;
    for (int rest = height; rest != 0; ) {
      int next = divisor % rest;
      divisor = rest;
      rest = next;
    }
    return new PixelAspectRatio(width / divisor, height / divisor);
  }

  private static ColourDescription colour(BitReader in) {
    in.skip(3); // video_format
    boolean fullRange = in.flag();
    return in.flag()
        ? new ColourDescription(fullRange, in.bits(8), in.bits(8), in.bits(8))
        : new ColourDescription(fullRange, 2, 2, 2);
  }

  /// Spec: ISO/IEC 14496-10 §E.1.2 (hrd_parameters).
  ///
  /// @throws MalformedMediaException when a count exceeds the standard's bound
  private static void skipHypotheticalReferenceDecoder(BitReader in) {
    int count = in.ue("cpb_cnt_minus1", 31) + 1;
    in.skip(4 + 4); // bit_rate_scale, cpb_size_scale
    for (int i = 0; i < count; i++) {
      in.ue(); // bit_rate_value_minus1
      in.ue(); // cpb_size_value_minus1
      in.skip(1); // cbr_flag
    }
    in.skip(5 + 5 + 5 + 5); // delay lengths and time_offset_length
  }
}
