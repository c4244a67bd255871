package nova.worker.file;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The times of a file's frames in milliseconds from 0 on, which go on when the file starts over.
///
/// The frame that is decoded first has time 0, as FLV knows no negative ones: with B-frames or the
/// run-in of an audio encoder the first frame is shown a little later. Times are rounded one by one
/// and so never drift.
///
/// *Confined to its creator's thread.*
final class FlvTimeline {
  private static final double NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Map<TrackKind, Long> lastMs = new EnumMap<>(TrackKind.class);
  private boolean begun;
  private long shiftNs; // from the file's times to the stream's
  private long endNs; // of the stream

  /// Takes the next frame in the order of decoding.
  ///
  /// @return its decoding time, never less than that of its track's last frame
  long dtsMs(FilePacket packet) {
    if (!begun) {
      begun = true;
      shiftNs = endNs - packet.dtsNs();
    }
    endNs = Math.max(endNs, packet.endNs() + shiftNs);
    long ms = Math.max(toMs(packet.dtsNs()), lastMs.getOrDefault(packet.kind(), 0L));
    lastMs.put(packet.kind(), ms);
    return ms;
  }

  /// When that frame is shown.
  long ptsMs(FilePacket packet) {
    return toMs(packet.ptsNs());
  }

  /// The file starts over: what comes next follows the end of what was.
  void startOver() {
    begun = false;
  }

  /// Where the stream ends so far.
  long endMs() {
    return Math.round(endNs / NS_PER_MS);
  }

  private long toMs(long fileNs) {
    return Math.round((fileNs + shiftNs) / NS_PER_MS);
  }
}
