package nova.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_clone;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import nova.core.NanoClock;
import nova.framelog.LogEntry;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.worker.StageInput.Boundary;
import nova.worker.StageInput.Gap;
import nova.worker.StageInput.Picture;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/// The rungs of a job from the largest to the smallest, each on its own thread and each scaled from
/// the one before, which is cheaper than scaling all from the source.
///
/// *Confined to its creator's thread.*
final class ScaleCascade {
  private final List<RungStage> stages = new ArrayList<>();
  private final List<BusyMeter> meters = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /// @param onFailure called on the thread of a rung that cannot go on
  ScaleCascade(
      TranscodeJob job,
      WorkerMessageWriter out,
      NanoClock clock,
      ThreadFactory threadFactory,
      Consumer<Throwable> onFailure) {
    RungStage next = null;
    for (RungJob rung : job.rungs().reversed()) {
      BusyMeter meter = new BusyMeter(clock);
      meters.add(meter);
      next = start(new RungStage(rung, job, next, out, meter), rung, threadFactory, onFailure);
    }
  }

  private RungStage start(
      RungStage stage, RungJob rung, ThreadFactory factory, Consumer<Throwable> onFailure) {
    stages.addFirst(stage);
    Thread thread = factory.newThread(() -> run(stage, onFailure));
    thread.setName("rung-" + rung.rung().rendition());
    threads.add(thread);
    thread.start();
    return stage;
  }

  private static void run(RungStage stage, Consumer<Throwable> onFailure) {
    try {
      stage.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    }
  }

  /// Hands a picture to the rungs; waits while the largest has enough.
  ///
  /// @param frame is not taken: its pixels are shared
  void submit(AVFrame frame, FramePlacement placement) throws InterruptedException {
    AVFrame shared = CodecException.allocated(av_frame_clone(frame), "a picture");
    stages.getFirst().submit(new Picture(shared, placement));
  }

  /// Tells the rungs how much to do from their next segments on.
  void adapt(Effort effort) {
    stages.forEach(stage -> stage.adapt(effort));
  }

  /// Tells rungs the bitrates that they have from their next segments on.
  void change(List<Rung> bitrates) {
    for (Rung rung : bitrates) {
      stages.stream().filter(stage -> stage.encodes(rung)).forEach(stage -> stage.change(rung));
    }
  }

  /// How busy the rungs' threads are.
  List<BusyMeter> meters() {
    return meters;
  }

  /// Whether there is no rung, so that no picture is needed.
  boolean isEmpty() {
    return stages.isEmpty();
  }

  /// Tells the rungs that an epoch begins or ends, or that the stream is closed.
  void boundary(LogEntry entry) throws InterruptedException {
    tell(new Boundary(entry));
  }

  /// Tells the rungs that pictures are missing.
  void gap() throws InterruptedException {
    tell(new Gap());
  }

  private void tell(StageInput input) throws InterruptedException {
    if (!stages.isEmpty()) {
      stages.getFirst().submit(input);
    }
  }

  /// Pictures that wait for the rung with the longest queue.
  int queueDepth() {
    return stages.stream().mapToInt(RungStage::queueDepth).max().orElse(0);
  }

  /// Waits until all rungs are through after the stream was closed.
  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
