package nova.transcode;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nova.core.Bytes;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.Adapt;
import nova.framelog.pipe.WorkerMessage.ChangeBitrates;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessage.RungEntry;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.media.MediaFrame;

/// A process that speaks the worker protocol and passes frames on as they are; the first of them,
/// and only that, comes to grief as its script says. Rungs are left out and taken up again as the
/// server says, with the next cut.
///
/// Arguments: a file that is there once a worker has begun, and the script. Other bitrates are
/// written to the file [#BITRATES] beside the first.
final class ScriptedWorker {
  /// What happens to the first worker.
  enum Script {
    ALL_WELL,
    DIES_AFTER_40_FRAMES,
    NEVER_READY,
    STOPS_READING_AFTER_40_FRAMES,
    TALKS_NONSENSE,
    GIVES_UP,
    LACKS_ITS_LIBRARIES,
    REPEATS_A_FRAME
  }

  static final String BITRATES = "bitrates";

  private static final int FRAMES = 40;
  private static final int DEAD = 139;

  private ScriptedWorker() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path marker = Path.of(arguments[0]);
    Script script =
        arguments.length > 2 || !Files.exists(marker)
            ? Script.valueOf(arguments[1])
            : Script.ALL_WELL;
    if (!Files.exists(marker)) {
      var _ = Files.createFile(marker);
    }
    WorkerMessageReader in = new WorkerMessageReader(new FileInputStream(FileDescriptor.in));
    FileOutputStream stdout = new FileOutputStream(FileDescriptor.out);
    WorkerMessageWriter out = new WorkerMessageWriter(stdout);
    switch (script) {
      case NEVER_READY -> Thread.currentThread().join();
      case TALKS_NONSENSE -> stdout.write("Segmentation fault".getBytes(StandardCharsets.UTF_8));
      case GIVES_UP -> out.send(new Failed("codec-failed", "no such codec"));
      case LACKS_ITS_LIBRARIES -> out.send(new Failed("native-library-missing", "no glibc 2.35"));
      default -> {
        if (in.next() instanceof StartJob start) {
          out.send(new Ready("script"));
          work(script, start.job(), in, out, marker);
        }
      }
    }
  }

  private static void work(
      Script script, TranscodeJob job, WorkerMessageReader in, WorkerMessageWriter out, Path marker)
      throws IOException, InterruptedException {
    int frames = 0;
    ScriptedRungs rungs = new ScriptedRungs(job, out);
    for (WorkerMessage next = in.next(); next != null; next = in.next()) {
      if (next instanceof Adapt(Effort effort)) {
        rungs.adapt(effort);
      }
      if (next instanceof ChangeBitrates(List<Rung> bitrates)) {
        var _ = Files.writeString(marker.resolveSibling(BITRATES), bitrates.toString());
      }
      if (!(next instanceof SourceEntry(LogEntry entry))) {
        continue;
      }
      rungs.pass(entry);
      if (entry instanceof StreamClosed) {
        return;
      }
      if (entry instanceof LoggedFrame logged && ++frames == FRAMES) {
        switch (script) {
          case DIES_AFTER_40_FRAMES -> {
            System.err.println("double free or corruption");
            Runtime.getRuntime().halt(DEAD);
          }
          case STOPS_READING_AFTER_40_FRAMES -> Thread.currentThread().join();
          case REPEATS_A_FRAME -> out.send(repeated(job, logged));
          default -> {}
        }
      }
    }
  }

  private static RungEntry repeated(TranscodeJob job, LoggedFrame logged) {
    MediaFrame frame = logged.frame();
    MediaFrame other =
        new MediaFrame(frame.track(), frame.dts(), frame.pts(), true, Bytes.ofHex("00"));
    return new RungEntry(
        job.rungs().getFirst().rung().rendition(),
        new LoggedFrame(
            other, logged.arrivedAt(), logged.wallClock(), logged.segment(), logged.cut()));
  }
}
