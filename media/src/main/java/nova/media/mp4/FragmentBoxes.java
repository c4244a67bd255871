package nova.media.mp4;

import java.nio.ByteBuffer;
import java.util.List;
import nova.media.bytes.FourCc;

/// The boxes of a CMAF chunk.
///
/// Spec: ISO/IEC 14496-12 §8.8 (movie fragments), §8.16.2 (styp), §8.16.5 (prft); ISO/IEC 23000-19
/// §7.5.
final class FragmentBoxes {
  private static final int TFHD_DEFAULT_DURATION = 0x000008;
  private static final int TFHD_DEFAULT_FLAGS = 0x000020;
  private static final int TFHD_DEFAULT_BASE_IS_MOOF = 0x020000;

  private FragmentBoxes() {}

  static Box styp() {
    return Box.leaf(
        "styp",
        16,
        out -> {
          out.putInt(FourCc.of("msdh").value()); // major_brand
          out.putInt(0); // minor_version
          out.putInt(FourCc.of("msdh").value()); // compatible_brands
          out.putInt(FourCc.of("cmfs").value());
        });
  }

  static Box prft(ProducerReferenceTime reference) {
    return Box.full(
        "prft",
        1,
        reference.event().flags(),
        20,
        out -> {
          out.putInt(CmafHeaderWriter.TRACK_ID); // reference_track_ID
          out.putLong(NtpTimestamps.of(reference.time())); // ntp_timestamp
          out.putLong(reference.mediaTime()); // media_time
        });
  }

  /// moof ├── mfhd └── traf ├── tfhd ├── tfdt └── trun
  static Box moof(CmafChunk chunk) {
    TrackRun run = TrackRun.of(chunk.samples());
    Box mfhd = mfhd(chunk.sequenceNumber());
    Box tfhd = tfhd(run);
    Box tfdt = tfdt(chunk.baseMediaDecodeTime());
    int moofBytes = 2 * Box.HEADER_BYTES + mfhd.size() + tfhd.size() + tfdt.size() + run.boxBytes();
    return Box.container(
        "moof", mfhd, Box.container("traf", tfhd, tfdt, run.box(moofBytes + Box.HEADER_BYTES)));
  }

  private static Box mfhd(long sequenceNumber) {
    return Box.full("mfhd", 0, 0, 4, out -> out.putInt((int) sequenceNumber));
  }

  /// Values that all samples share stand here instead of in every row of `trun`.
  private static Box tfhd(TrackRun run) {
    boolean duration = run.sharesDuration();
    boolean flags = run.sharesFlags();
    return Box.full(
        "tfhd",
        0,
        TFHD_DEFAULT_BASE_IS_MOOF
            | (duration ? TFHD_DEFAULT_DURATION : 0)
            | (flags ? TFHD_DEFAULT_FLAGS : 0),
        4 + (duration ? 4 : 0) + (flags ? 4 : 0),
        out -> {
          out.putInt(CmafHeaderWriter.TRACK_ID);
          if (duration) {
            out.putInt((int) run.defaultDuration());
          }
          if (flags) {
            out.putInt(run.defaultFlags());
          }
        });
  }

  private static Box tfdt(long baseMediaDecodeTime) {
    return Box.full("tfdt", 1, 0, 8, out -> out.putLong(baseMediaDecodeTime));
  }

  static Box mdat(List<CmafSample> samples, int payloadBytes) {
    return Box.leaf("mdat", payloadBytes, out -> copyPayloads(samples, out));
  }

  private static void copyPayloads(List<CmafSample> samples, ByteBuffer out) {
    for (CmafSample sample : samples) {
      sample.payload().copyTo(out);
    }
  }
}
