package nova.media.mp4;

import nova.core.Bytes;

/// One access unit of a CMAF chunk.
///
/// *Immutable.*
///
/// @param payload as it stands in `mdat`: length-prefixed NAL units for AVC, one raw access unit
///   for AAC
/// @param duration in ticks of the track, 0..2^32-1
/// @param compositionOffset presentation minus decode time in ticks, -2^31..2^31-1; best not
///   negative, since FFmpeg 5.1 delays a track by its most negative offset
/// @param sync whether decoding can start here
public record CmafSample(Bytes payload, long duration, long compositionOffset, boolean sync) {
  /// The highest value of a 32-bit box field.
  static final long MAX_UINT32 = 0xffff_ffffL;

  public CmafSample {
    if (duration < 0 || duration > MAX_UINT32) {
      throw new IllegalArgumentException(
          "sample duration %d ticks (expected: 0..%d)".formatted(duration, MAX_UINT32));
    }
    if (compositionOffset != (int) compositionOffset) {
      throw new IllegalArgumentException(
          "composition offset %d ticks (expected: %d..%d)"
              .formatted(compositionOffset, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
  }
}
