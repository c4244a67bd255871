package nova.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_clone;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import nova.core.Timescale;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.worker.RungCadence.Step;
import nova.worker.StageInput.Boundary;
import nova.worker.StageInput.Gap;
import nova.worker.StageInput.Picture;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/// One rung's thread: scales each picture to the rung's size, hands it on to the next smaller rung,
/// and encodes it.
///
/// *Confined to its own thread*, but for [#submit] and the depth of its queue.
final class RungStage {
  /// Pictures that may wait: enough that rungs do not wait for each other's slow pictures, and few
  /// enough that memory stays small and delay shows at once.
  static final int QUEUE_CAPACITY = 4;

  private final BlockingQueue<StageInput> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final RungJob job;
  private final TranscodeJob whole;
  private final @Nullable RungStage next;
  private final RungCadence cadence;
  private final RungLog log;
  private @Nullable EpochStarted epoch;
  private @Nullable RungEncoder encoder;

  RungStage(RungJob job, TranscodeJob whole, @Nullable RungStage next, WorkerMessageWriter out) {
    this.job = job;
    this.whole = whole;
    this.next = next;
    this.cadence = new RungCadence(job);
    this.log = new RungLog(job.rung().rendition(), whole.track(), out);
  }

  /// Queues what comes next; waits while the queue is full.
  void submit(StageInput input) throws InterruptedException {
    queue.put(input);
  }

  int queueDepth() {
    return queue.size();
  }

  /// Does the work until the stream is closed.
  void run() throws InterruptedException {
    try (PictureScaler scaler = new PictureScaler(job.rung().width(), job.rung().height())) {
      boolean open = true;
      while (open) {
        switch (queue.take()) {
          case Picture picture -> picture(picture, scaler);
          case Gap gap -> {
            cadence.gap();
            handOn(gap);
          }
          case Boundary boundary -> {
            handOn(boundary);
            open = boundary(boundary.entry());
          }
        }
      }
    } finally {
      closeEncoder();
    }
  }

  private void picture(Picture picture, PictureScaler scaler) throws InterruptedException {
    AVFrame scaled = scaler.scale(picture.frame());
    av_frame_free(picture.frame());
    if (next != null) {
      AVFrame shared = CodecException.allocated(av_frame_clone(scaled), "a picture");
      next.submit(new Picture(shared, picture.placement()));
    }
    encode(scaled, picture.placement());
    av_frame_free(scaled);
  }

  private void handOn(StageInput input) throws InterruptedException {
    if (next != null) {
      next.submit(input);
    }
  }

  private void encode(AVFrame scaled, FramePlacement placement) {
    Step step = cadence.decide(placement);
    if (step == Step.SKIP) {
      return;
    }
    RungEncoder ready = encoder == null ? begin(scaled) : encoder;
    log.encoding(placement);
    ready.encode(scaled, placement.pts(), step != Step.FRAME, log::encoded);
  }

  /// Begins the epoch in the rung's log, with the format that the encoder makes.
  private RungEncoder begin(AVFrame like) {
    EpochStarted started = epoch;
    if (started == null) {
      throw new IllegalStateException("a picture outside of an epoch (expected: its start first)");
    }
    RungEncoder fresh =
        new RungEncoder(job.rung(), whole.frameRate(), whole.preset(), Timescale.VIDEO, like);
    encoder = fresh;
    log.append(started);
    log.append(new TrackFormatChanged(whole.track(), fresh.format()));
    return fresh;
  }

  /// Whether more will come.
  private boolean boundary(LogEntry entry) {
    return switch (entry) {
      case EpochStarted started -> {
        epoch = started;
        yield true;
      }
      case LogEntry.EpochEnded ended -> {
        if (encoder != null) {
          encoder.drain(log::encoded);
          closeEncoder();
          log.append(ended);
        }
        yield true;
      }
      case LogEntry.StreamClosed closed -> {
        log.append(closed);
        yield false;
      }
      case TrackFormatChanged _, LogEntry.LoggedFrame _ ->
          throw new IllegalStateException("%s is no boundary".formatted(entry));
    };
  }

  private void closeEncoder() {
    if (encoder != null) {
      encoder.close();
      encoder = null;
    }
  }
}
