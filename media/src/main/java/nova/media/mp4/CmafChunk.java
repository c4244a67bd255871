package nova.media.mp4;

import java.util.List;
import java.util.Optional;

/// Consecutive samples of one track that are published together: one `moof` and one `mdat`. HLS
/// calls it a partial segment.
///
/// Spec: ISO/IEC 23000-19 §7.3.3.2 (CMAF chunk). *Immutable.*
///
/// @param sequenceNumber `mfhd.sequence_number`, 0..2^32-1, rising by one per chunk of the track
/// @param baseMediaDecodeTime decode time of the first sample in ticks, at least 0
/// @param startsSegment whether it is the first of its segment; a `styp` box then precedes it
/// @param producerReferenceTime the wall clock of one of its samples, for latency measurement
/// @param samples at least one, in decode order
public record CmafChunk(
    long sequenceNumber,
    long baseMediaDecodeTime,
    boolean startsSegment,
    Optional<ProducerReferenceTime> producerReferenceTime,
    List<CmafSample> samples) {
  public CmafChunk {
    if (sequenceNumber < 0 || sequenceNumber > CmafSample.MAX_UINT32) {
      throw new IllegalArgumentException(
          "chunk sequence number %d (expected: 0..%d)"
              .formatted(sequenceNumber, CmafSample.MAX_UINT32));
    }
    if (baseMediaDecodeTime < 0) {
      throw new IllegalArgumentException(
          "base media decode time %d ticks (expected: >= 0)".formatted(baseMediaDecodeTime));
    }
    samples = List.copyOf(samples);
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("chunk without samples (expected: at least one)");
    }
  }

  /// Sum of the samples' durations in ticks.
  public long duration() {
    long sum = 0;
    for (CmafSample sample : samples) {
      sum += sample.duration();
    }
    return sum;
  }

  /// Bytes of all payloads together.
  public long payloadBytes() {
    long sum = 0;
    for (CmafSample sample : samples) {
      sum += sample.payload().length();
    }
    return sum;
  }
}
