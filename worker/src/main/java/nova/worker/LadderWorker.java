package nova.worker;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.ThreadFactory;
import nova.framelog.pipe.AudioJob;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.Adapt;
import nova.framelog.pipe.WorkerMessage.ChangeBitrates;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Progress;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.framelog.pipe.WorkerProgress;
import nova.media.MediaException;
import nova.worker.ServerMessages.Next;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/// The worker process: does one job, from stdin to stdout, and ends.
///
/// It ends with 0 when the stream was closed, with 1 when it had to give up and has said why, and
/// with 2 when the server went away.
///
/// *Confined to the main thread.*
public final class LadderWorker {
  static final int CLOSED = 0;
  static final int GAVE_UP = 1;
  static final int SERVER_GONE = 2;

  private static final int INPUT_BUFFER_BYTES = 64 << 10;

  private final WorkerMessageReader in;
  private final WorkerMessageWriter out;

  private LadderWorker(InputStream in, WorkerMessageWriter out) {
    this.in = new WorkerMessageReader(in);
    this.out = out;
  }

  public static void main(String[] arguments) {
    InputStream in =
        new BufferedInputStream(new FileInputStream(FileDescriptor.in), INPUT_BUFFER_BYTES);
    WorkerMessageWriter out = new WorkerMessageWriter(new FileOutputStream(FileDescriptor.out));
    System.setOut(System.err); // stdout carries messages and nothing else
    end(new LadderWorker(in, out).run());
  }

  private int run() {
    try {
      TranscodeJob job = job();
      if (job == null) {
        return SERVER_GONE;
      }
      out.send(new Ready(load()));
      return work(job);
    } catch (IOException e) {
      return SERVER_GONE;
    } catch (InterruptedException e) {
      return giveUp("interrupted", "the worker was interrupted");
    } catch (MediaException | CodecException | LinkageError e) {
      return giveUp(e);
    }
  }

  private @Nullable TranscodeJob job() throws IOException {
    return switch (in.next()) {
      case null -> null;
      case StartJob start -> start.job();
      case WorkerMessage other ->
          throw new CodecException("first message %s (expected: a job)".formatted(other));
    };
  }

  private int work(TranscodeJob job) throws IOException, InterruptedException {
    ThreadFactory threads = Thread.ofPlatform().daemon().factory();
    ScaleCascade cascade =
        new ScaleCascade(job, out, System::nanoTime, threads, failure -> end(giveUp(failure)));
    AudioStage audio = audio(job, threads);
    try (SourceFeed feed = new SourceFeed(job.track(), cascade, audio, System::nanoTime)) {
      ServerMessages messages = ServerMessages.read(in, threads);
      while (!feed.isClosed()) {
        switch (messages.take(feed.untilProgress())) {
          case Next.Message(SourceEntry source) -> feed.accept(source.entry());
          case Next.Message(Adapt adapt) -> cascade.adapt(adapt.effort());
          case Next.Message(ChangeBitrates change) -> cascade.change(change.rungs());
          case Next.Nothing _ -> {}
          case Next.Broken(Throwable cause) -> {
            return giveUp(cause);
          }
          case Next.Message _, Next.End _ -> {
            return SERVER_GONE;
          }
        }
        WorkerProgress progress = feed.progressDue();
        if (progress != null) {
          out.send(new Progress(progress));
        }
      }
      cascade.join();
      if (audio != null) {
        audio.join();
      }
      return CLOSED;
    }
  }

  private @Nullable AudioStage audio(TranscodeJob job, ThreadFactory threads) {
    AudioJob sound = job.audio();
    return sound == null
        ? null
        : AudioStage.start(
            sound,
            job.track(),
            out,
            new BusyMeter(System::nanoTime),
            threads,
            failure -> end(giveUp(failure)));
  }

  /// Loads FFmpeg's libraries.
  ///
  /// @return what they are
  private static String load() {
    Loader.load(avutil.class);
    Loader.load(avcodec.class);
    Loader.load(swscale.class);
    Loader.load(swresample.class);
    avutil.av_log_set_level(avutil.AV_LOG_FATAL); // a damaged source would fill the log
    return "FFmpeg %s, libx264".formatted(avutil.av_version_info().getString());
  }

  private int giveUp(Throwable failure) {
    return switch (failure) {
      case UncheckedIOException _ -> SERVER_GONE;
      case LinkageError e -> giveUp("native-library-missing", FfmpegLibraries.doNotLoad(e));
      case MediaException e -> giveUp(e.reason(), String.valueOf(e.getMessage()));
      case CodecException e -> giveUp("codec-failed", String.valueOf(e.getMessage()));
      case Throwable e -> giveUp("worker-failed", e.toString());
    };
  }

  private int giveUp(String reason, String sentence) {
    try {
      out.send(new Failed(reason, sentence));
      return GAVE_UP;
    } catch (IOException e) {
      return SERVER_GONE;
    }
  }

  /// Without waiting for threads that are deep in native code.
  private static void end(int status) {
    Runtime.getRuntime().halt(status);
  }
}
