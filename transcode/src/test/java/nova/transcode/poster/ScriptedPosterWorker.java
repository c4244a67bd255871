package nova.transcode.poster;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Poster;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;

/// A process that speaks the worker protocol; its posters are the first bytes of the frames.
///
/// Arguments: a file that gets a line with the id of each process, the script, and how many
/// processes follow it; those after them work well.
final class ScriptedPosterWorker {
  /// What happens.
  enum Script {
    ALL_WELL,
    DIES_AT_ONCE,
    DIES_OVER_STREAM1,
    HANGS,
    NEVER_READY,
    TALKS_NONSENSE,
    GIVES_UP,
    TAKES_ONE_STREAM_FOR_ANOTHER,
    ANSWERS_TWICE,
    BLANK
  }

  private static final int DEAD = 139;
  private static final int POSTER_BYTES = 16;

  private ScriptedPosterWorker() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path starts = Path.of(arguments[0]);
    long earlier = Files.exists(starts) ? Files.readAllLines(starts).size() : 0;
    var _ =
        Files.writeString(
            starts,
            ProcessHandle.current().pid() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
    Script script =
        earlier < Long.parseLong(arguments[2]) ? Script.valueOf(arguments[1]) : Script.ALL_WELL;
    WorkerMessageReader in = new WorkerMessageReader(new FileInputStream(FileDescriptor.in));
    FileOutputStream stdout = new FileOutputStream(FileDescriptor.out);
    WorkerMessageWriter out = new WorkerMessageWriter(stdout);
    switch (script) {
      case DIES_AT_ONCE -> Runtime.getRuntime().halt(DEAD);
      case NEVER_READY -> Thread.currentThread().join();
      case TALKS_NONSENSE -> stdout.write("Segmentation fault".getBytes(StandardCharsets.UTF_8));
      case GIVES_UP -> out.send(new Failed("native-library-missing", "no such library"));
      default -> {
        out.send(new Ready("script"));
        work(script, in, out);
      }
    }
  }

  private static void work(Script script, WorkerMessageReader in, WorkerMessageWriter out)
      throws IOException, InterruptedException {
    while (in.next() instanceof PosterFrame frame) {
      Poster poster =
          new Poster(
              frame.stream(),
              frame.payload().slice(0, Math.min(POSTER_BYTES, frame.payload().length())));
      switch (script) {
        case DIES_OVER_STREAM1 -> {
          if (frame.stream().value().equals("stream1")) {
            System.err.println("double free or corruption");
            Runtime.getRuntime().halt(DEAD);
          }
          out.send(poster);
        }
        case HANGS -> Thread.currentThread().join();
        case TAKES_ONE_STREAM_FOR_ANOTHER ->
            out.send(new Poster(new StreamId("another"), poster.jpeg()));
        case ANSWERS_TWICE -> {
          out.send(poster);
          out.send(poster);
        }
        case BLANK -> out.send(new Poster(frame.stream(), Bytes.EMPTY));
        default -> out.send(poster);
      }
    }
  }
}
