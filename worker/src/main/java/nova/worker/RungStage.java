package nova.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_clone;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import nova.core.Timescale;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
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
/// and encodes it. While the rung is left out, pictures pass as they came.
///
/// *Confined to its own thread*, but for [#submit], [#adapt], [#change] and the depth of its queue.
final class RungStage {
  /// Pictures that may wait: enough that rungs do not wait for each other's slow pictures, and few
  /// enough that memory stays small and delay shows at once.
  static final int QUEUE_CAPACITY = 4;

  private final BlockingQueue<StageInput> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final RungJob job;
  private final TranscodeJob whole;
  private final @Nullable RungStage smaller;
  private final RungCadence cadence;
  private final RungLog log;
  private final BusyMeter busy;
  private volatile Effort wanted;
  private volatile Rung wantedRung;
  private Effort effort;
  private EncoderPreset preset;
  private Rung rung; // with the bitrates of the encoder
  private Rung seen; // the one wanted when the encoder was last changed
  private boolean begun;
  private boolean leftOut;
  private @Nullable EpochStarted epoch;
  private @Nullable RungEncoder encoder;

  RungStage(
      RungJob job,
      TranscodeJob whole,
      @Nullable RungStage smaller,
      WorkerMessageWriter out,
      BusyMeter busy) {
    this.job = job;
    this.whole = whole;
    this.smaller = smaller;
    this.cadence = new RungCadence(job);
    this.log = new RungLog(job.rung().rendition(), whole.track(), out);
    this.busy = busy;
    this.effort = Effort.whole(whole.preset());
    this.wanted = effort;
    this.rung = job.rung();
    this.wantedRung = rung;
    this.seen = rung;
    this.preset = whole.preset();
    this.begun = job.resumes();
  }

  /// Queues what comes next; waits while the queue is full.
  void submit(StageInput input) throws InterruptedException {
    queue.put(input);
  }

  /// Says how much to do from the next segment on.
  void adapt(Effort next) {
    wanted = next;
  }

  /// Whether that is the rung, whatever its bitrate.
  boolean encodes(Rung other) {
    return other.rendition().equals(job.rung().rendition());
  }

  /// Says with which bitrate and peak to go on from the next segment on.
  void change(Rung next) {
    wantedRung = job.rung().withBitrate(next.bitrateBps(), next.peakBps());
  }

  int queueDepth() {
    return queue.size();
  }

  /// Does the work until the stream is closed.
  void run() throws InterruptedException {
    try (PictureScaler scaler = new PictureScaler(job.rung().width(), job.rung().height())) {
      boolean open = true;
      while (open) {
        StageInput input = queue.take();
        busy.resume();
        switch (input) {
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
        busy.pause();
      }
    } finally {
      closeEncoder();
    }
  }

  private void picture(Picture picture, PictureScaler scaler) throws InterruptedException {
    FramePlacement placement = picture.placement();
    AVFrame source = picture.frame();
    Effort next = wanted;
    if (!next.equals(effort) && mayAdaptAt(placement)) {
      takeUp(next);
    }
    if (!leftOut) {
      AVFrame scaled = scaler.scale(source);
      av_frame_free(source);
      if (smaller != null) {
        AVFrame shared = CodecException.allocated(av_frame_clone(scaled), "a picture");
        handOn(new Picture(shared, placement));
      }
      encode(scaled, placement);
      av_frame_free(scaled);
    } else if (smaller != null) {
      handOn(picture);
    } else {
      av_frame_free(source);
    }
  }

  private void handOn(StageInput input) throws InterruptedException {
    if (smaller != null) {
      busy.pause();
      smaller.submit(input);
      busy.resume();
    }
  }

  /// With each segment that the rung does not have yet, and before its very first.
  private boolean mayAdaptAt(FramePlacement placement) {
    boolean before = encoder == null && !job.resumes();
    return placement.dts() > job.lastDts() && (placement.cut() || before);
  }

  private void takeUp(Effort next) {
    effort = next;
    cadence.thin(next.frameDivisor());
    boolean out = next.leftOut().contains(job.rung().rendition());
    if (out && begun) {
      finishEncoder();
      log.append(new StreamClosed(true, "the rung is left out"));
      begun = false;
    }
    leftOut = out;
  }

  private void encode(AVFrame scaled, FramePlacement placement) {
    Step step = cadence.decide(placement);
    if (step == Step.SKIP) {
      return;
    }
    RungEncoder ready = encoder;
    if (ready == null) {
      ready = begin(scaled);
    } else if (step == Step.CUT && (preset != effort.preset() || !seen.equals(wantedRung))) {
      ready = changeEncoder(ready, scaled);
    }
    log.encoding(placement);
    ready.encode(scaled, placement.pts(), step != Step.FRAME, log::encoded);
  }

  /// Begins the epoch in the rung's log, with the format that the encoder makes.
  private RungEncoder begin(AVFrame like) {
    EpochStarted started = epoch;
    if (started == null) {
      throw new IllegalStateException("a picture outside of an epoch (expected: its start first)");
    }
    preset = effort.preset();
    rung = job.rung(); // what it has in its log already has that one's header
    seen = rung;
    RungEncoder fresh = newEncoder(rung, like);
    encoder = fresh;
    begun = true;
    log.append(started);
    log.append(new TrackFormatChanged(whole.track(), fresh.format()));
    return fresh;
  }

  /// Goes on with another preset and bitrate, or the preset alone, as far as the header stays.
  private RungEncoder changeEncoder(RungEncoder open, AVFrame like) {
    boolean otherPreset = preset != effort.preset();
    preset = effort.preset();
    seen = wantedRung;
    List<Rung> candidates = new ArrayList<>();
    if (!seen.equals(rung)) {
      candidates.add(seen);
    }
    if (otherPreset) {
      candidates.add(rung);
    }
    for (Rung candidate : candidates) {
      RungEncoder fresh = newEncoder(candidate, like);
      if (fresh.format().equals(open.format())) {
        finishEncoder();
        encoder = fresh;
        rung = candidate;
        return fresh;
      }
      fresh.close();
    }
    return open;
  }

  private RungEncoder newEncoder(Rung with, AVFrame like) {
    return new RungEncoder(with, whole.frameRate(), preset, Timescale.VIDEO, like);
  }

  /// Whether more will come.
  private boolean boundary(LogEntry entry) {
    return switch (entry) {
      case EpochStarted started -> {
        finishEncoder(); // a writer that died, and a gap in the log, leave out an epoch's end
        epoch = started;
        yield true;
      }
      case EpochEnded ended -> {
        // Also without an encoder: the worker before may have done all of the epoch but its end.
        finishEncoder();
        if (begun) {
          log.append(ended);
        }
        yield true;
      }
      case StreamClosed closed -> {
        log.append(closed);
        yield false;
      }
      case TrackFormatChanged _, LogEntry.LoggedFrame _ ->
          throw new IllegalStateException("%s is no boundary".formatted(entry));
    };
  }

  private void finishEncoder() {
    if (encoder != null) {
      encoder.drain(log::encoded);
      closeEncoder();
    }
  }

  private void closeEncoder() {
    if (encoder != null) {
      encoder.close();
      encoder = null;
    }
  }
}
