package nova.media.mp4;

import java.nio.ByteBuffer;
import nova.core.Bytes;
import nova.media.TrackFormat;

/// Writes the CMAF header of a track: `ftyp` and a `moov` without samples. HLS calls it the media
/// initialization section, DASH the initialization segment.
///
/// Spec: ISO/IEC 23000-19 §7.3.1 (CMAF header), rfc8216bis-22 §3.1.2. *Thread-safe.*
public final class CmafHeaderWriter {
  /// Every CMAF file has one track, and it has this id.
  static final int TRACK_ID = 1;

  private CmafHeaderWriter() {}

  public static Bytes write(TrackFormat format) {
    Box ftyp = MovieBoxes.ftyp();
    Box moov = MovieBoxes.moov(format);
    ByteBuffer out = ByteBuffer.allocate(Math.addExact(ftyp.size(), moov.size()));
    ftyp.writeTo(out);
    moov.writeTo(out);
    return Bytes.wrap(out.flip());
  }
}
