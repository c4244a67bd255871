package nova.ingest.publish;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import nova.core.TrackKind;

/// Holds the first frames of a session back until it is clear which tracks there are.
///
/// | known | waits at most |
/// |---|---|
/// | both formats | not at all |
/// | one, and the metadata announces the other | 1 s of media |
/// | one, and nothing announces the other | 0.5 s of media |
/// | one, and the other is not carried | not at all |
///
/// A stream with video begins at a keyframe; sound from before it is left out.
///
/// *Confined to its session's thread.*
final class TrackProbe {
  private static final long ANNOUNCED_MS = 1_000;
  private static final long UNANNOUNCED_MS = 500;
  private static final long AUDIO_KEPT_MS = 3_000;
  private static final long BYTES_KEPT = 8 << 20;

  private final Deque<SourceFrame> held = new ArrayDeque<>();
  private final Set<TrackKind> announced = EnumSet.noneOf(TrackKind.class);
  private long heldBytes;
  private long firstMs = Long.MAX_VALUE;
  private long lastMs = Long.MIN_VALUE;

  /// The metadata says that a track will come. It may be wrong.
  void announce(TrackKind track) {
    announced.add(track);
  }

  /// Takes a frame of a track whose format is known.
  void hold(SourceFrame frame) {
    firstMs = Math.min(firstMs, frame.timeMs());
    lastMs = Math.max(lastMs, frame.timeMs());
    boolean videoHeld = held.stream().anyMatch(f -> f.track() == TrackKind.VIDEO);
    if (frame.track() == TrackKind.VIDEO && !videoHeld && !frame.keyframe()) {
      return; // nothing can be decoded from here
    }
    held.addLast(frame);
    heldBytes += frame.payload().length();
    if (!videoHeld) {
      forgetOldAudio();
    }
    while (heldBytes > BYTES_KEPT) {
      forgetFirst();
    }
  }

  /// Forgets the held frames of a track: they are not of the format that it has now.
  void forget(TrackKind track) {
    held.removeIf(frame -> frame.track() == track);
    heldBytes = held.stream().mapToLong(frame -> frame.payload().length()).sum();
  }

  /// Whether to begin with tracks of `known` formats now.
  ///
  /// @param refused tracks that will not be carried
  boolean isDecided(Set<TrackKind> known, Set<TrackKind> refused) {
    if (known.isEmpty() || held.isEmpty()) {
      return false;
    }
    if (known.contains(TrackKind.VIDEO)
        && held.stream().noneMatch(f -> f.track() == TrackKind.VIDEO)) {
      return false;
    }
    for (TrackKind other : TrackKind.values()) {
      if (!known.contains(other) && !refused.contains(other)) {
        return lastMs - firstMs >= (announced.contains(other) ? ANNOUNCED_MS : UNANNOUNCED_MS);
      }
    }
    return true;
  }

  /// The frames to begin with, in the order in which they came.
  List<SourceFrame> release() {
    List<SourceFrame> frames = new ArrayList<>(held);
    held.clear();
    heldBytes = 0;
    long begin =
        frames.stream()
            .filter(frame -> frame.track() == TrackKind.VIDEO)
            .mapToLong(SourceFrame::timeMs)
            .findFirst()
            .orElse(Long.MIN_VALUE);
    return frames.stream().filter(frame -> frame.timeMs() >= begin).toList();
  }

  private void forgetOldAudio() {
    while (!held.isEmpty()
        && held.getFirst().track() == TrackKind.AUDIO
        && held.getFirst().timeMs() < lastMs - AUDIO_KEPT_MS) {
      forgetFirst();
    }
  }

  private void forgetFirst() {
    SourceFrame first = held.removeFirst();
    heldBytes -= first.payload().length();
  }
}
