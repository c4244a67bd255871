package nova.media.aac;

import nova.media.bytes.BitReader;

/// The speaker layout in full, for those that have no number.
///
/// Spec: ISO/IEC 14496-3 §4.4.1.1 (program_config_element).
final class ProgramConfig {
  private ProgramConfig() {}

  /// Reads the element and counts its channels.
  static int channels(BitReader in) {
    in.skip(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
    int front = in.bits(4);
    int side = in.bits(4);
    int back = in.bits(4);
    int lowFrequency = in.bits(2);
    int associatedData = in.bits(3);
    int coupling = in.bits(4);
    if (in.flag()) { // mono_mixdown_present
      in.skip(4);
    }
    if (in.flag()) { // stereo_mixdown_present
      in.skip(4);
    }
    if (in.flag()) { // matrix_mixdown_idx_present
      in.skip(3);
    }
    int channels = lowFrequency;
    for (int element = 0; element < front + side + back; element++) {
      channels += in.flag() ? 2 : 1; // is_cpe
      in.skip(4); // tag_select
    }
    in.skip(4 * lowFrequency + 4 * associatedData + 5 * coupling);
    in.skip((int) -in.position() & 7); // byte_alignment
    in.skip(8 * in.bits(8)); // comment_field_data
    return channels;
  }
}
