package nova.transcode;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.TrackId;
import nova.framelog.LogPosition;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import org.jspecify.annotations.Nullable;

/// The encoding of one stream for as long as its source keeps its format.
///
/// *Immutable.*
///
/// @param source what the rungs were planned for; null without video
/// @param frameRate pictures per second of the source
/// @param rungs largest first
/// @param audio the sound to encode, or null
/// @param from where in the source's log the rungs begin
/// @param firstEpoch nothing before it is encoded
record TranscodeTask(
    TrackId track,
    @Nullable VideoFormat source,
    double frameRate,
    EncoderPreset preset,
    List<Rung> rungs,
    @Nullable AudioRung audio,
    LogPosition from,
    Epoch firstEpoch) {
  TranscodeTask {
    rungs = List.copyOf(rungs);
  }

  /// What is encoded: the rungs, largest first, and sound.
  List<RenditionId> renditions() {
    List<RenditionId> renditions = new ArrayList<>(rungs.stream().map(Rung::rendition).toList());
    if (audio != null) {
      renditions.add(audio.rendition());
    }
    return renditions;
  }

  /// Whether what is encoded fits a source of that format too.
  boolean fits(TrackFormat format) {
    return switch (format) {
      case VideoFormat video -> source != null && fits(video, source);
      case AudioFormat sound -> Objects.equals(AudioPlanner.plan(sound), audio);
    };
  }

  private static boolean fits(VideoFormat format, VideoFormat source) {
    return format.codecString().equals(source.codecString())
        && format.width() == source.width()
        && format.height() == source.height()
        && format.pixelAspectRatio().equals(source.pixelAspectRatio())
        && Double.compare(format.frameRate(), source.frameRate()) == 0;
  }
}
