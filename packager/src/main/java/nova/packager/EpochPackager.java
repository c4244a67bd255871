package nova.packager;

import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.segments.TimelineSegment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Packages one epoch of the source: a [SourceTrack] per track.
///
/// Frames that come after their segment was declared a gap are dropped; see [Gaps]. Sound that the
/// epoch lacks, or that stays 2 s behind the picture, is replaced by silence instead; see
/// [SilentTrack].
///
/// *Confined to the holder of its stream's lock.*
final class EpochPackager {
  private static final Logger log = LoggerFactory.getLogger(EpochPackager.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final EpochTimes times;
  private final StreamOutput output;
  private final Replay replay;
  private final Map<TrackId, SourceTrack> tracks = new HashMap<>();
  private @Nullable SilentTrack silence;
  private boolean hasFrames;
  private long lateFrames;

  /// @param replay from where on it is cut again
  EpochPackager(EpochTimes times, StreamOutput output, Replay replay) {
    this.times = times;
    this.output = output;
    this.replay = replay;
    output.gaps().expectNothing(TimelineBuilder.SOURCE);
    output.gaps().expectNothing(TimelineBuilder.AUDIO);
  }

  Epoch epoch() {
    return times.epoch();
  }

  /// Frames dropped since the last call because their segment was already declared a gap.
  long takeLateFrames() {
    long late = lateFrames;
    lateFrames = 0;
    return late;
  }

  /// Declares a track; a repetition changes nothing.
  ///
  /// @return false when the track is not carried
  boolean format(TrackId track, TrackFormat format) {
    Optional<RenditionId> rendition = TimelineBuilder.renditionOf(track);
    rendition.ifPresent(
        id -> tracks.computeIfAbsent(track, _ -> new SourceTrack(output, id, times, format)));
    return rendition.isPresent();
  }

  /// Which frames to come may complete something.
  PartsDue partsDue() {
    Map<TrackId, Long> due = new HashMap<>();
    tracks.forEach((id, track) -> due.put(id, track.dueDts()));
    return new PartsDue(due);
  }

  /// Takes the next frame of any track.
  ///
  /// @return false when the frame's track is not carried
  boolean add(LoggedFrame logged) {
    SourceTrack track = tracks.get(logged.frame().track());
    if (track == null) {
      return false;
    }
    if (!hasFrames) {
      hasFrames = true;
      silence = silence(); // all formats of an epoch precede its frames
    }
    if (replay.isBefore(logged)) {
      pass(track, logged);
    } else if (silence == null) {
      addTo(track, logged);
    } else if (logged.frame().track().equals(TrackId.VIDEO)) {
      addSilence(silence, silence.follow(logged, track.format().timescale()));
      addTo(track, logged);
    } else if (silence.sound(logged)) {
      addTo(track, logged);
    } else {
      lateFrames++;
    }
    return true;
  }

  private void pass(SourceTrack track, LoggedFrame logged) {
    track.pass(logged);
    if (silence != null && logged.frame().track().equals(TrackId.VIDEO)) {
      silence.pass(logged);
    }
  }

  private void addTo(SourceTrack track, LoggedFrame logged) {
    if (!track.add(logged)) {
      lateFrames++;
    }
  }

  /// Players stop at a gap in one of two tracks, so silence takes the place of sound that stays
  /// away, or that the stream had in an earlier epoch.
  private @Nullable SilentTrack silence() {
    SourceTrack sound = tracks.get(TrackId.AUDIO);
    RenditionWindow before = output.timeline().find(TimelineBuilder.AUDIO);
    TrackFormat format = sound != null ? sound.format() : before != null ? before.format() : null;
    if (!tracks.containsKey(TrackId.VIDEO) || !(format instanceof AudioFormat audio)) {
      return null;
    }
    Duration patience = sound == null ? Duration.ZERO : PATIENCE;
    Optional<SilentTrack> silent = SilentTrack.of(TrackId.AUDIO, audio, times.clock(), patience);
    if (silent.isPresent() && sound == null) {
      format(TrackId.AUDIO, audio);
    }
    if (before != null) {
      silent.ifPresent(track -> resume(track, before, audio));
    }
    return silent.orElse(null);
  }

  /// Where the sound that is cut again began when it was published, silence began too, if it was.
  private void resume(SilentTrack silent, RenditionWindow sound, AudioFormat format) {
    TimelineSegment first = sound.find(replay.from());
    if (first != null && !first.gap() && first.epoch().equals(times.epoch())) {
      long start =
          sound.timescale().rescale(first.start(), format.timescale(), RoundingMode.HALF_UP);
      silent.resume(first.number(), start);
    }
  }

  private void addSilence(SilentTrack silent, List<LoggedFrame> frames) {
    SourceTrack sound = tracks.get(TrackId.AUDIO);
    if (sound != null) {
      frames.forEach(frame -> addTo(sound, frame));
    }
    if (silent.begins()) {
      log.atWarn()
          .addKeyValue("stream", output.stream())
          .log("the broadcaster sends no sound; viewers hear silence until it comes");
    }
  }

  /// Completes what is open; no more frames will come.
  void finish() {
    SourceTrack video = tracks.get(TrackId.VIDEO);
    if (silence != null && video != null) {
      addSilence(silence, silence.rest(video.format().timescale()));
    }
    tracks.values().forEach(SourceTrack::finish);
  }
}
