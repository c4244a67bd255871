package nova.bench;

import java.nio.file.Path;
import java.util.List;
import nova.bench.process.NovaServer;

/// How long `./nova start` takes until it is ready, in a source tree that is built and on a data
/// directory that is there.
final class StartBench implements Bench {
  private static final int STARTS = 10;

  private final Options options;

  StartBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String load() {
    return "./nova start to the line that says it is ready, %d times, warm data directory"
        .formatted(STARTS);
  }

  @Override
  public List<Figure> run() throws Exception {
    Path folder = options.folder().resolve("start");
    Samples starts = new Samples(STARTS);
    start(folder); // makes the data directory and brings the jars into memory
    for (int i = 0; i < STARTS; i++) {
      starts.add(start(folder));
    }
    return List.of(
        Figure.limited("start to ready, median", starts.percentile(50) / 1e9, 2.5, "s"),
        Figure.limited("start to ready, slowest", starts.percentile(100) / 1e9, 2.5, "s"));
  }

  private long start(Path folder) throws Exception {
    try (NovaServer nova = NovaServer.startAgain(folder, options.jvmFlags())) {
      return nova.startNanos();
    }
  }
}
