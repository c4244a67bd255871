package nova.ingest.publish;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import nova.core.Epoch;
import nova.core.TrackDescription;
import nova.core.TrackId;
import nova.core.TrackKind;
import nova.framelog.StreamLogWriter;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import org.jspecify.annotations.Nullable;

/// One epoch of a session: session times become `dts` and `pts` that count from the epoch's first
/// frame, and frames go into the log.
///
/// *Confined to its session's thread.*
final class EpochWriter {
  private final StreamLogWriter log;
  private final HealthMeter health;
  private final Map<TrackKind, TrackFormat> formats = new EnumMap<>(TrackKind.class);
  private final long zeroMs;
  private final Epoch epoch;
  private final VideoGrid video = new VideoGrid();
  private final @Nullable AudioGrid audio; // null without an audio track

  /// Begins an epoch in the log.
  ///
  /// @param formats of the tracks that it will have
  /// @param first the frame that begins it
  EpochWriter(
      StreamLogWriter log,
      HealthMeter health,
      Map<TrackKind, TrackFormat> formats,
      SourceFrame first) {
    this.log = log;
    this.health = health;
    this.formats.putAll(formats);
    this.zeroMs = first.timeMs();
    Map<TrackId, TrackFormat> tracks = new TreeMap<>((a, b) -> a.kind().compareTo(b.kind()));
    formats.forEach((kind, format) -> tracks.put(idOf(kind), format));
    this.epoch = log.startEpoch(tracks, first.arrivedAt());
    this.audio =
        formats.get(TrackKind.AUDIO) instanceof AudioFormat format
            ? new AudioGrid(format.timescale(), format.samplesPerFrame())
            : null;
    health.epochBegan(formats.keySet());
  }

  Epoch epoch() {
    return epoch;
  }

  /// Whether frames of that track, in the format it has now, belong to this epoch.
  boolean carries(TrackKind track, TrackFormat format) {
    return format.equals(formats.get(track));
  }

  boolean hasTracksOf(Map<TrackKind, TrackFormat> others) {
    return formats.equals(others);
  }

  List<TrackDescription> describe() {
    List<TrackDescription> tracks = new ArrayList<>();
    formats.forEach(
        (kind, format) ->
            tracks.add(
                switch (format) {
                  case VideoFormat v ->
                      new TrackDescription.Video(
                          idOf(kind), v.codecString(), v.width(), v.height(), v.frameRate());
                  case AudioFormat a ->
                      new TrackDescription.Audio(
                          idOf(kind), a.codecString(), a.sampleRate(), a.channels());
                }));
    return tracks;
  }

  /// Logs a frame; one from before the epoch's zero is left out.
  void write(SourceFrame frame) {
    long timeMs = frame.timeMs() - zeroMs;
    switch (frame.track()) {
      case VIDEO -> writeVideo(frame, timeMs);
      case AUDIO -> writeAudio(frame, timeMs);
    }
  }

  private void writeVideo(SourceFrame frame, long timeMs) {
    long before = video.repaired();
    VideoGrid.Placed placed = video.place(timeMs, frame.compositionMs(), frame.compositionNs());
    health.repaired(video.repaired() - before);
    append(
        frame,
        new MediaFrame(
            TrackId.VIDEO, placed.dts(), placed.pts(), frame.keyframe(), frame.payload()));
  }

  private void writeAudio(SourceFrame frame, long timeMs) {
    AudioGrid grid = audio;
    if (grid == null || timeMs < 0) {
      return;
    }
    long before = grid.repaired();
    OptionalLong dts = grid.place(timeMs);
    health.repaired(grid.repaired() - before);
    if (dts.isEmpty()) {
      health.dropped("audio-overlaps");
      return;
    }
    append(
        frame,
        new MediaFrame(TrackId.AUDIO, dts.getAsLong(), dts.getAsLong(), true, frame.payload()));
  }

  private void append(SourceFrame source, MediaFrame frame) {
    log.append(frame, source.arrivedAt());
    health.logged(source.track(), source.timeMs(), frame.keyframe(), frame.payload().length());
  }

  private static TrackId idOf(TrackKind kind) {
    return kind == TrackKind.VIDEO ? TrackId.VIDEO : TrackId.AUDIO;
  }
}
