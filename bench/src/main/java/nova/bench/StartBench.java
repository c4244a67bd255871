package nova.bench;

import java.nio.file.Path;
import java.util.List;
import nova.bench.process.NovaServer;

/// How long `./nova start` takes until it is ready, in a source tree that is built: on an empty
/// data directory, where it makes its database, and on one that is there.
final class StartBench implements Bench {
  private static final int STARTS = 10;
  private static final int FIRST_STARTS = 3;

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
    return "./nova start to the line that says it is ready, %d times on no data, %d times on what is there"
        .formatted(FIRST_STARTS, STARTS);
  }

  @Override
  public List<Figure> run() throws Exception {
    Path folder = options.folder().resolve("start");
    Samples first = new Samples(FIRST_STARTS);
    for (int i = 0; i < FIRST_STARTS; i++) {
      try (NovaServer nova = NovaServer.startFirst(folder, options.jvmFlags())) {
        first.add(nova.startNanos());
      }
    }
    Samples warm = new Samples(STARTS);
    for (int i = 0; i < STARTS; i++) {
      try (NovaServer nova = NovaServer.startAgain(folder, options.jvmFlags())) {
        warm.add(nova.startNanos());
      }
    }
    return List.of(
        Figure.limited("warm start to ready, median", warm.percentile(50) / 1e9, 2.5, "s"),
        Figure.limited("warm start to ready, slowest", warm.percentile(100) / 1e9, 2.5, "s"),
        Figure.fact(
            "first start to ready, median / slowest",
            "%s / %s s"
                .formatted(
                    Figure.number(first.percentile(50) / 1e9),
                    Figure.number(first.percentile(100) / 1e9))));
  }
}
