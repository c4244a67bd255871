package nova.ingest.publish;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import nova.core.StreamHealth;
import nova.core.TrackKind;
import nova.ingest.chunk.RtmpLimits;
import org.jspecify.annotations.Nullable;

/// Measures a broadcast and turns what is odd about it into advice. Lives as long as the stream and
/// passes from session to session with its [StreamGrant].
///
/// *Confined to its session's thread.*
final class HealthMeter {
  private static final long LONG_GOP_MS = 4_000;
  private static final int KEYFRAMES_REMEMBERED = 3;
  private static final long ADVISED_FOR_MS = 60_000;

  private final IngestMetrics metrics;
  private final RtmpLimits limits;
  private final Map<TrackKind, RateWindow> bits = new EnumMap<>(TrackKind.class);
  private RateWindow frames = new RateWindow();
  private final Map<TrackKind, String> refusedTracks = new EnumMap<>(TrackKind.class);
  private final Map<TrackKind, Long> waitingSinceMs = new EnumMap<>(TrackKind.class);
  private final Set<TrackKind> extraTracks = EnumSet.noneOf(TrackKind.class);
  private final long[] keyframeDistances = new long[KEYFRAMES_REMEMBERED];
  private int keyframes;
  private long lastKeyframeMs;
  private long lastVideoMs;
  private long latestMs; // session time of any track
  private long changedTooOftenMs;
  private boolean changesTooOften;
  private boolean audioRuns;
  private boolean videoRuns;

  private long receivedBytes;
  private long receivedFrames;
  private long framesReported;
  private long repairedTimestamps;
  private long droppedFrames;
  private long videoFrames;
  private String lastDrop = "";
  private @Nullable StreamHealth elsewhere; // as another server measured it, until a session begins

  HealthMeter(IngestMetrics metrics, RtmpLimits limits) {
    this.metrics = metrics;
    this.limits = limits;
  }

  /// Of a stream that was at another server: counts go on from what that one counted.
  HealthMeter(IngestMetrics metrics, RtmpLimits limits, StreamHealth elsewhere) {
    this(metrics, limits);
    this.elsewhere = elsewhere;
    this.receivedBytes = elsewhere.receivedBytes();
    this.receivedFrames = elsewhere.receivedFrames();
    this.framesReported = elsewhere.receivedFrames();
    this.repairedTimestamps = elsewhere.repairedTimestamps();
    this.droppedFrames = elsewhere.droppedFrames();
  }

  /// Another connection sends from here on: rates and advice start afresh, counts go on.
  void sessionBegan() {
    elsewhere = null;
    bits.clear();
    frames = new RateWindow();
    keyframes = 0;
    changesTooOften = false;
    audioRuns = false;
    videoRuns = false;
    lastDrop = "";
    refusedTracks.clear();
    waitingSinceMs.clear();
    extraTracks.clear();
  }

  void received(long bytes) {
    receivedBytes += bytes;
  }

  void dropped(String reason) {
    droppedFrames++;
    if (lastDrop.isEmpty() || !reason.equals("frame-before-configuration")) {
      lastDrop = reason; // a broken configuration tells more than the frames that then lack it
    }
    metrics.dropped(reason);
  }

  /// A frame has a format that came too soon after others to be followed.
  void changedTooOften() {
    dropped("formats-change-too-often");
    changesTooOften = true;
    changedTooOftenMs = latestMs;
  }

  /// A frame is of a track that joins with the next keyframe.
  void waitsForKeyframe(TrackKind track) {
    dropped("frame-before-epoch");
    waitingSinceMs.putIfAbsent(track, latestMs);
  }

  void repaired(long count) {
    repairedTimestamps += count;
    for (long i = 0; i < count; i++) {
      metrics.timestampRepaired();
    }
  }

  void trackRefused(TrackKind track, String sentence) {
    refusedTracks.put(track, sentence);
  }

  void trackCarried(TrackKind track) {
    refusedTracks.remove(track);
  }

  void extraTrack(TrackKind track) {
    extraTracks.add(track);
  }

  /// A new epoch has these tracks; distances are measured afresh.
  void epochBegan(Set<TrackKind> tracks) {
    audioRuns = tracks.contains(TrackKind.AUDIO);
    videoRuns = tracks.contains(TrackKind.VIDEO);
    waitingSinceMs.clear();
    keyframes = 0;
  }

  /// A frame went into the log.
  ///
  /// @param timeMs its session time
  void logged(TrackKind track, long timeMs, boolean keyframe, int bytes) {
    receivedFrames++;
    latestMs = timeMs;
    window(track).add(timeMs, bytes * 8L);
    if (track == TrackKind.VIDEO) {
      videoFrames++;
      frames.add(timeMs, 1);
      lastVideoMs = timeMs;
      if (keyframe) {
        if (keyframes > 0) {
          keyframeDistances[(keyframes - 1) % KEYFRAMES_REMEMBERED] = timeMs - lastKeyframeMs;
        }
        keyframes++;
        lastKeyframeMs = timeMs;
      }
    }
  }

  long receivedBytes() {
    return receivedBytes;
  }

  long receivedFrames() {
    return receivedFrames;
  }

  /// Frames of video since the stream began.
  long videoFrames() {
    return videoFrames;
  }

  /// Why a session from which nothing could be logged has nothing to show.
  String obstacle() {
    if (!refusedTracks.isEmpty()) {
      return "Nothing of this can be played: " + String.join("; ", refusedTracks.values()) + ".";
    }
    return lastDrop.isEmpty()
        ? "Nothing that can be played arrived; a broadcast must begin with a keyframe."
        : "Nothing that can be played arrived; the last message was dropped for %s."
            .formatted(lastDrop.replace('-', ' '));
  }

  /// Hands the frames logged since the last call to the metrics.
  void reportFrames() {
    metrics.framesLogged(receivedFrames - framesReported);
    framesReported = receivedFrames;
  }

  StreamHealth health() {
    if (elsewhere != null) {
      return elsewhere;
    }
    long video = Math.round(window(TrackKind.VIDEO).perSecond());
    long audio = Math.round(window(TrackKind.AUDIO).perSecond());
    double frameRate = frames.perSecond();
    return new StreamHealth(
        video,
        audio,
        frameRate,
        keyframeIntervalMs(),
        receivedBytes,
        receivedFrames,
        repairedTimestamps,
        droppedFrames,
        advice(video + audio, frameRate));
  }

  /// The longest recent distance; the one still growing counts once it is longer than those before.
  private long keyframeIntervalMs() {
    if (!videoRuns || keyframes == 0) {
      return 0;
    }
    long longest = 0;
    for (int i = 0; i < Math.min(keyframes - 1, KEYFRAMES_REMEMBERED); i++) {
      longest = Math.max(longest, keyframeDistances[i]);
    }
    long growing = lastVideoMs - lastKeyframeMs;
    return keyframes > 1 || growing > LONG_GOP_MS ? Math.max(longest, growing) : 0;
  }

  private List<String> advice(long bitsPerSecond, double frameRate) {
    List<String> advice = new ArrayList<>(refusedTracks.values());
    long interval = keyframeIntervalMs();
    if (interval > LONG_GOP_MS) {
      advice.add(
          String.format(Locale.ROOT, "keyframe interval is %.1f s, set 2 s", interval / 1_000.0));
    }
    waitingSinceMs.forEach(
        (track, since) -> {
          long waitedMs = latestMs - since;
          if (waitedMs > LONG_GOP_MS) {
            advice.add(
                "%s has waited %d s for a keyframe to join at, set the keyframe interval to 2 s"
                    .formatted(track.label(), waitedMs / 1_000));
          }
        });
    if (videoRuns && !audioRuns && !isComing(TrackKind.AUDIO)) {
      advice.add("no audio arrives, add an audio track if there should be sound");
    }
    if (audioRuns && !videoRuns && !isComing(TrackKind.VIDEO)) {
      advice.add("no video arrives, add a video track if there should be a picture");
    }
    if (changesTooOften && latestMs - changedTooOftenMs < ADVISED_FOR_MS) {
      advice.add(
          "the formats change too often, frames are dropped and players interrupted; keep the"
              + " encoder's settings constant");
    }
    if (bitsPerSecond > limits.sourceMegabitsPerSecond() * 1_000_000L) {
      advice.add(
          String.format(
              Locale.ROOT,
              "bitrate is %.1f Mbit/s, set at most %d Mbit/s",
              bitsPerSecond / 1e6,
              limits.sourceMegabitsPerSecond()));
    }
    if (frameRate > limits.sourceFrameRate() + 1) {
      advice.add(
          String.format(
              Locale.ROOT,
              "frame rate is %.0f, set at most %d",
              frameRate,
              limits.sourceFrameRate()));
    }
    if (repairedTimestamps > 20 && repairedTimestamps * 50 > receivedFrames) {
      advice.add(
          "%d of %d timestamps had to be repaired, look at the encoder's clock and load"
              .formatted(repairedTimestamps, receivedFrames));
    }
    for (TrackKind kind : extraTracks) {
      advice.add("only the first %s track is carried".formatted(kind.label()));
    }
    return advice;
  }

  /// Whether a track arrives although it is not in the epoch.
  private boolean isComing(TrackKind track) {
    return refusedTracks.containsKey(track) || waitingSinceMs.containsKey(track);
  }

  private RateWindow window(TrackKind track) {
    return bits.computeIfAbsent(track, _ -> new RateWindow());
  }
}
