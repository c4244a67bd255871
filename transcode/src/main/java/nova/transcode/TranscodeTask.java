package nova.transcode;

import java.util.List;
import nova.core.Epoch;
import nova.core.TrackId;
import nova.framelog.LogPosition;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.media.TrackFormat.VideoFormat;

/// The encoding of one stream for as long as its source keeps its format.
///
/// *Immutable.*
///
/// @param source what the rungs were planned for
/// @param frameRate pictures per second of the source
/// @param rungs largest first
/// @param from where in the source's log the rungs begin
/// @param firstEpoch nothing before it is encoded
record TranscodeTask(
    TrackId track,
    VideoFormat source,
    double frameRate,
    EncoderPreset preset,
    List<Rung> rungs,
    LogPosition from,
    Epoch firstEpoch) {
  TranscodeTask {
    rungs = List.copyOf(rungs);
  }

  /// Whether the rungs fit a source of that format too.
  boolean fits(VideoFormat format) {
    return format.codecString().equals(source.codecString())
        && format.width() == source.width()
        && format.height() == source.height()
        && format.pixelAspectRatio().equals(source.pixelAspectRatio())
        && Double.compare(format.frameRate(), source.frameRate()) == 0;
  }
}
