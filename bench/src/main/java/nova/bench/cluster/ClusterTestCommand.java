package nova.bench.cluster;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import nova.bench.publish.Clip;
import nova.cluster.LocalCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Breaks a cluster in many ways that it must survive, under a broadcast that is watched, and
/// prints what came of each; what `make cluster-test` starts. Ends with 1 when something was not as
/// expected.
@Command(
    name = "cluster-test",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Break a cluster on this machine under a broadcast that is watched.")
public final class ClusterTestCommand implements Callable<Integer> {
  private static final String CHANNEL = "cluster";
  private static final int CLIP_KBPS = 1_500;
  private static final int CLIP_SECONDS = 20;
  private static final Duration SETTLE = Duration.ofSeconds(10);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "WORD",
      description = "Only failures whose names have one of these words; default: all.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--folder",
      defaultValue = "bench/target/cluster-test",
      description = "For logs and data (bench/target/cluster-test).")
  private Path folder = Path.of("bench/target/cluster-test");

  @Override
  public Integer call() throws Exception {
    PrintWriter progress = spec.commandLine().getErr();
    Clip clip =
        Clip.encode(folder.resolve("../clips").normalize(), "1280x720", CLIP_KBPS, CLIP_SECONDS);
    List<Failure> chosen = chosen(clip);
    List<String> table = new ArrayList<>();
    int wrong = 0;
    try (Installation installation = start();
        Scene scene = Scene.open(installation.services(), CHANNEL, clip)) {
      scene.play(SETTLE);
      for (Failure failure : chosen) {
        progress.println("cluster-test: " + failure.name());
        Failure.Outcome outcome = cause(failure, scene);
        wrong += outcome.wrong().isEmpty() ? 0 : 1;
        table.add(
            "| %s | %s | %s | %s |"
                .formatted(
                    failure.name(),
                    failure.expected(),
                    outcome.measured(),
                    outcome.wrong().isEmpty()
                        ? "yes"
                        : "NO: " + String.join("; ", outcome.wrong())));
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("| what broke | what must come of it | measured | as expected |");
    out.println("|---|---|---|---|");
    table.forEach(out::println);
    out.println();
    out.println(
        wrong == 0
            ? "cluster-test: all %d failures came out as expected".formatted(chosen.size())
            : "cluster-test: %d of %d failures did not come out as expected"
                .formatted(wrong, chosen.size()));
    return wrong == 0 ? 0 : 1;
  }

  /// What cannot be measured is not as expected, and the others are tried all the same.
  private static Failure.Outcome cause(Failure failure, Scene scene) throws InterruptedException {
    try {
      return failure.cause(scene);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return new Failure.Outcome("-", List.of("it could not be tried: " + e.getMessage()));
    }
  }

  private Installation start() throws Exception {
    return Installation.start(
        folder.toAbsolutePath(),
        LocalCluster.Plan.usual(),
        Map.of("NOVA_STREAM_KEYS", Scene.keys(List.of(CHANNEL))));
  }

  private List<Failure> chosen(Clip clip) {
    List<Failure> chosen = named(clip);
    if (chosen.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "no failure is named by %s (expected: a word of one of %s)"
              .formatted(words, Failures.all(clip).stream().map(Failure::name).toList()));
    }
    return chosen;
  }

  private List<Failure> named(Clip clip) {
    return Failures.all(clip).stream()
        .filter(
            failure ->
                words.isEmpty()
                    || words.stream()
                        .anyMatch(
                            word ->
                                failure
                                    .name()
                                    .toLowerCase(Locale.ROOT)
                                    .contains(word.toLowerCase(Locale.ROOT))))
        .toList();
  }
}
