package nova.media.mp4;

import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.avc.AvcDecoderConfigurationRecord;
import nova.media.avc.SequenceParameterSet;
import nova.media.avc.VuiParameters.ColourDescription;

/// What the sample values of an H.264 track mean, for the `colr` box.
///
/// Spec: ISO/IEC 14496-12 §12.1.5 (colr), ITU-T H.273.
final class AvcColour {
  private AvcColour() {}

  /// As the first sequence parameter set tells, [ColourDescription#UNSPECIFIED] when it does not.
  static ColourDescription of(Bytes avcC) {
    try {
      List<Bytes> sets = AvcDecoderConfigurationRecord.read(avcC).sequenceParameterSets();
      return sets.isEmpty()
          ? ColourDescription.UNSPECIFIED
          : SequenceParameterSet.read(sets.getFirst()).vui().colour();
    } catch (MalformedMediaException _) {
      // The box only repeats the bitstream for players that look before they decode: a set that
      // cannot be read is the decoder's matter, and no reason to write no header.
      return ColourDescription.UNSPECIFIED;
    }
  }
}
