package nova.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import nova.core.RenditionId;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.pipe.WorkerMessage.RungEntry;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.media.MediaFrame;

/// The entries of one rung, on their way out.
///
/// *Confined to its creator's thread.*
final class RungLog {
  private final RenditionId rendition;
  private final TrackId track;
  private final WorkerMessageWriter out;
  private final Deque<FramePlacement> encoding = new ArrayDeque<>();

  RungLog(RenditionId rendition, TrackId track, WorkerMessageWriter out) {
    this.rendition = rendition;
    this.track = track;
    this.out = out;
  }

  /// A picture goes into the encoder.
  void encoding(FramePlacement placement) {
    encoding.addLast(placement);
  }

  /// A frame came out of the encoder.
  void encoded(EncodedFrame frame) {
    FramePlacement placement = encoding.pollFirst();
    if (placement == null || placement.pts() != frame.pts()) {
      throw new CodecException(
          "rung %s got a frame of time %d from its encoder (expected: that of %s)"
              .formatted(rendition, frame.pts(), placement));
    }
    if (placement.cut() && !frame.keyframe()) {
      throw new CodecException(
          "rung %s got no keyframe at %d, where segment %d begins (expected: one on every cut)"
              .formatted(rendition, frame.pts(), placement.segment()));
    }
    append(
        new LoggedFrame(
            new MediaFrame(
                track, placement.dts(), placement.pts(), frame.keyframe(), frame.payload()),
            placement.arrivedAt(),
            placement.wallClock(),
            placement.segment(),
            placement.cut()));
  }

  /// Sends an entry.
  ///
  /// @throws UncheckedIOException when the server has closed the pipe
  void append(LogEntry entry) {
    try {
      out.send(new RungEntry(rendition, entry));
    } catch (IOException e) {
      throw new UncheckedIOException("the server closed the pipe", e);
    }
  }
}
