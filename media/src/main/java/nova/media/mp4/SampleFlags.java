package nova.media.mp4;

/// The 32 bits that tell how a sample depends on others. Nova writes two of the many values.
///
///     reserved:4 is_leading:2 depends_on:2 is_depended_on:2 has_redundancy:2
///     padding:3 is_non_sync:1 degradation_priority:16
///
/// Spec: ISO/IEC 14496-12 §8.8.3.1 (sample flags).
final class SampleFlags {
  /// A sync sample: depends on no other (`sample_depends_on` = 2).
  static final int SYNC = 0x02000000;

  /// Any other sample: depends on others (`sample_depends_on` = 1), `sample_is_non_sync_sample` =
  /// 1.
  static final int NON_SYNC = 0x01010000;

  private static final int IS_NON_SYNC = 0x00010000;

  private SampleFlags() {}

  static int of(CmafSample sample) {
    return sample.sync() ? SYNC : NON_SYNC;
  }

  static boolean isSync(int flags) {
    return (flags & IS_NON_SYNC) == 0;
  }
}
