package nova.media.mp4;

import java.time.Instant;

/// The wall clock at which a sample with a given media time was produced, so that players can
/// measure latency.
///
/// Spec: ISO/IEC 14496-12 §8.16.5 (prft). *Immutable.*
///
/// @param time the wall clock
/// @param mediaTime presentation time of the sample in ticks of the track, at least 0
/// @param event what happened to the sample at `time`
public record ProducerReferenceTime(Instant time, long mediaTime, Event event) {
  public ProducerReferenceTime {
    if (mediaTime < 0) {
      throw new IllegalArgumentException(
          "media time %d ticks (expected: >= 0)".formatted(mediaTime));
    }
  }

  /// What the wall clock is the time of; its value is the `flags` field of the box.
  public enum Event {
    ENCODER_INPUT(0),
    ENCODER_OUTPUT(1),
    FRAGMENT_FINALIZED(2),
    FRAGMENT_WRITTEN(4),
    /// Any event, but the same one for every chunk of the track.
    ARBITRARY_BUT_CONSISTENT(8),
    CAPTURED(24);

    private final int flags;

    Event(int flags) {
      this.flags = flags;
    }

    int flags() {
      return flags;
    }
  }
}
