package nova.framelog.pipe;

import java.util.List;
import nova.core.Bytes;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.framelog.LogEntry;
import nova.media.TrackFormat.VideoFormat;

/// One message between the server and a worker. In order:
///
///     server → worker   StartJob (SourceEntry | Adapt | ChangeBitrates)*
///     worker → server   Ready (RungEntry | Progress)* Failed?
///
/// and with the worker that makes posters, which gets the next frame after the poster of the last:
///
///     server → worker   PosterFrame*
///     worker → server   Ready Poster* Failed?
///
/// A worker ends by itself after the entry that closes the stream, and at once when its stdin ends
/// before that.
///
/// *Immutable.*
public sealed interface WorkerMessage {
  /// What to do; the first message and the only one of its kind.
  record StartJob(TranscodeJob job) implements WorkerMessage {}

  /// The next entry of the source's log.
  record SourceEntry(LogEntry entry) implements WorkerMessage {}

  /// How much of the job to do from the next segment on.
  record Adapt(Effort effort) implements WorkerMessage {}

  /// Bitrates to encode with from the next segment on; a rung keeps the one that it has when
  /// another would change its header.
  ///
  /// @param rungs of the job, as they are but for bitrate and peak
  record ChangeBitrates(List<Rung> rungs) implements WorkerMessage {
    public ChangeBitrates {
      rungs = List.copyOf(rungs);
      if (rungs.size() > TranscodeJob.MAX_RUNGS) {
        throw new IllegalArgumentException(
            "%d bitrates (expected: 0..%d)".formatted(rungs.size(), TranscodeJob.MAX_RUNGS));
      }
    }
  }

  /// The native libraries are loaded and the job can be done.
  ///
  /// @param encoder what encodes, with its version
  record Ready(String encoder) implements WorkerMessage {}

  /// The next entry of a rung's log. Epochs, segment numbers and times are those of the source;
  /// `dts` rises, and a frame that begins a segment is a keyframe.
  record RungEntry(RenditionId rendition, LogEntry entry) implements WorkerMessage {}

  /// How it goes; about once a second while frames come.
  record Progress(WorkerProgress progress) implements WorkerMessage {}

  /// The worker cannot go on and ends.
  ///
  /// @param reason stable kebab-case name for metrics and the API
  /// @param sentence what happened, for the operator
  record Failed(String reason, String sentence) implements WorkerMessage {}

  /// A keyframe to make a poster of.
  ///
  /// @param stream whose frame it is; the answer repeats it
  /// @param format of the frame's track
  /// @param payload of the frame
  record PosterFrame(StreamId stream, VideoFormat format, Bytes payload) implements WorkerMessage {
    /// No frame is longer: the largest that ingest takes by default.
    public static final int MAX_PAYLOAD_BYTES = 16 << 20;

    /// No decoder configuration is longer.
    public static final int MAX_CONFIGURATION_BYTES = 64 << 10;

    public PosterFrame {
      requireAtMost("keyframe", payload.length(), MAX_PAYLOAD_BYTES);
      requireAtMost(
          "decoder configuration", format.configuration().length(), MAX_CONFIGURATION_BYTES);
    }
  }

  /// What the keyframe shows.
  ///
  /// @param jpeg a JPEG file; empty when no picture came of the frame
  record Poster(StreamId stream, Bytes jpeg) implements WorkerMessage {
    /// No poster is larger.
    public static final int MAX_JPEG_BYTES = 2 << 20;

    public Poster {
      requireAtMost("poster", jpeg.length(), MAX_JPEG_BYTES);
    }
  }

  private static void requireAtMost(String what, int length, int maximum) {
    if (length > maximum) {
      throw new IllegalArgumentException(
          "%s of %d bytes (expected: <= %d)".formatted(what, length, maximum));
    }
  }
}
