package nova.worker.file;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts the frames of several tracks into the order of their decoding times. Files hold a second or
/// more of one track before a second of the other, which is no order to send them in.
///
/// *Confined to its creator's thread.*
final class Interleaver {
  private static final long MAX_HELD_BYTES = 64L << 20;

  private final Map<TrackKind, Deque<FilePacket>> held = new EnumMap<>(TrackKind.class);
  private long heldBytes;

  Interleaver(Set<TrackKind> tracks) {
    tracks.forEach(track -> held.put(track, new ArrayDeque<>()));
  }

  /// Takes the next frame of a track.
  void add(FilePacket packet) {
    Deque<FilePacket> track = held.get(packet.kind());
    if (track == null) {
      throw new IllegalArgumentException("track %s (expected: one of %s)".formatted(packet, held));
    }
    track.add(packet);
    heldBytes += packet.payload().length();
  }

  /// The next frame; null when it is not known yet which it is.
  ///
  /// @param ended whether no more are added
  @Nullable FilePacket next(boolean ended) {
    FilePacket next = null;
    Deque<FilePacket> from = null;
    for (Deque<FilePacket> track : held.values()) {
      FilePacket first = track.peek();
      if (first == null) {
        if (!ended && heldBytes < MAX_HELD_BYTES) {
          return null;
        }
      } else if (next == null || first.dtsNs() < next.dtsNs()) {
        next = first;
        from = track;
      }
    }
    if (from != null && next != null) {
      from.remove();
      heldBytes -= next.payload().length();
    }
    return next;
  }
}
