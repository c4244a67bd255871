package nova.worker.poster;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.media.MediaException;
import nova.worker.FfmpegLibraries;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;

/// The process that makes posters for all streams of a server, one after the other, until its stdin
/// ends.
///
/// It ends with 0 then, and with 1 when it had to give up and has said why.
///
/// *Confined to the main thread.*
public final class PosterWorker {
  private static final int OVER = 0;
  private static final int GAVE_UP = 1;
  private static final int INPUT_BUFFER_BYTES = 64 << 10;

  private final WorkerMessageReader in;
  private final WorkerMessageWriter out;

  private PosterWorker(WorkerMessageReader in, WorkerMessageWriter out) {
    this.in = in;
    this.out = out;
  }

  public static void main(String[] arguments) throws InterruptedException {
    WorkerMessageReader in =
        new WorkerMessageReader(
            new BufferedInputStream(new FileInputStream(FileDescriptor.in), INPUT_BUFFER_BYTES));
    WorkerMessageWriter out = new WorkerMessageWriter(new FileOutputStream(FileDescriptor.out));
    System.setOut(System.err); // stdout carries messages and nothing else
    Runtime.getRuntime().halt(new PosterWorker(in, out).run());
  }

  private int run() throws InterruptedException {
    try {
      out.send(new Ready(load()));
      for (WorkerMessage next = in.next(); next != null; next = in.next()) {
        if (!(next instanceof PosterFrame frame)) {
          return giveUp(
              "unexpected-message",
              "got %s (expected: a keyframe)".formatted(next.getClass().getSimpleName()));
        }
        out.send(PosterMaker.make(frame));
      }
      return OVER;
    } catch (IOException e) {
      return OVER; // the server went away
    } catch (MediaException e) {
      return giveUp(e.reason(), String.valueOf(e.getMessage()));
    } catch (LinkageError e) {
      return giveUp("native-library-missing", FfmpegLibraries.doNotLoad(e));
    }
  }

  private static String load() {
    Loader.load(avutil.class);
    Loader.load(avcodec.class);
    Loader.load(swscale.class);
    avutil.av_log_set_level(avutil.AV_LOG_FATAL); // a damaged source would fill the log
    return "FFmpeg %s, mjpeg".formatted(avutil.av_version_info().getString());
  }

  private int giveUp(String reason, String sentence) {
    try {
      out.send(new Failed(reason, sentence));
    } catch (IOException e) {
      return OVER;
    }
    return GAVE_UP;
  }
}
