package nova.media.mp4;

import java.nio.ByteBuffer;
import java.util.List;

/// The table of a chunk's samples, in the shortest form that says everything: columns whose value
/// is the same in every row move to `tfhd`.
///
/// Spec: ISO/IEC 14496-12 §8.8.8 (trun), version 1 for signed composition offsets. *Immutable.*
///
/// @param flags which fields are present: the constants of this record
record TrackRun(List<CmafSample> samples, int flags) {
  static final int DATA_OFFSET = 0x000001;
  static final int FIRST_SAMPLE_FLAGS = 0x000004;
  static final int DURATION = 0x000100;
  static final int SIZE = 0x000200;
  static final int FLAGS = 0x000400;
  static final int COMPOSITION_OFFSET = 0x000800;

  /// The columns of a row; four bytes each.
  static final int COLUMNS = DURATION | SIZE | FLAGS | COMPOSITION_OFFSET;

  static TrackRun of(List<CmafSample> samples) {
    CmafSample first = samples.getFirst();
    CmafSample last = samples.getLast();
    boolean sameDuration = true;
    boolean sameFlagsAfterFirst = true;
    boolean composition = false;
    for (int i = 0; i < samples.size(); i++) {
      CmafSample sample = samples.get(i);
      sameDuration &= sample.duration() == first.duration();
      sameFlagsAfterFirst &= i == 0 || sample.sync() == last.sync();
      composition |= sample.compositionOffset() != 0;
    }
    int flags = DATA_OFFSET | SIZE;
    if (!sameDuration) {
      flags |= DURATION;
    }
    if (!sameFlagsAfterFirst) {
      flags |= FLAGS;
    } else if (first.sync() != last.sync()) {
      flags |= FIRST_SAMPLE_FLAGS;
    }
    if (composition) {
      flags |= COMPOSITION_OFFSET;
    }
    return new TrackRun(samples, flags);
  }

  boolean sharesDuration() {
    return !has(DURATION);
  }

  boolean sharesFlags() {
    return !has(FLAGS);
  }

  /// The duration of every sample, when it is shared.
  long defaultDuration() {
    return samples.getFirst().duration();
  }

  /// The flags of every sample but possibly the first, when they are shared.
  int defaultFlags() {
    return SampleFlags.of(samples.getLast());
  }

  int boxBytes() {
    return Box.HEADER_BYTES + Box.FULL_BYTES + fieldBytes();
  }

  /// @param dataOffset bytes from the start of `moof` to the first sample
  Box box(int dataOffset) {
    return Box.full("trun", 1, flags, fieldBytes(), out -> writeFields(out, dataOffset));
  }

  private int fieldBytes() {
    int rowBytes = 4 * Integer.bitCount(flags & COLUMNS);
    int headBytes = 8 + (has(FIRST_SAMPLE_FLAGS) ? 4 : 0);
    return Math.addExact(headBytes, Math.multiplyExact(samples.size(), rowBytes));
  }

  private void writeFields(ByteBuffer out, int dataOffset) {
    out.putInt(samples.size()); // sample_count
    out.putInt(dataOffset); // data_offset
    if (has(FIRST_SAMPLE_FLAGS)) {
      out.putInt(SampleFlags.of(samples.getFirst())); // first_sample_flags
    }
    for (CmafSample sample : samples) {
      if (has(DURATION)) {
        out.putInt((int) sample.duration()); // sample_duration
      }
      out.putInt(sample.payload().length()); // sample_size
      if (has(FLAGS)) {
        out.putInt(SampleFlags.of(sample)); // sample_flags
      }
      if (has(COMPOSITION_OFFSET)) {
        out.putInt((int) sample.compositionOffset()); // sample_composition_time_offset
      }
    }
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
