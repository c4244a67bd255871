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
    List<Row> table = new ArrayList<>();
    try (Installation installation = start();
        Scene scene = Scene.open(installation.services(), CHANNEL, clip)) {
      scene.play(SETTLE);
      for (Failure failure : chosen) {
        progress.println("cluster-test: " + failure.name());
        Row row = new Row(failure, cause(failure, scene));
        progress.println(row);
        table.add(row);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("| what broke | what must come of it | measured | as expected |");
    out.println("|---|---|---|---|");
    table.forEach(out::println);
    out.println();
    out.println("cluster-test: " + summary(table.stream().map(Row::outcome).toList()));
    return table.stream().allMatch(row -> row.outcome().asExpected()) ? 0 : 1;
  }

  /// A row of the table.
  private record Row(Failure failure, Outcome outcome) {
    @Override
    public String toString() {
      return "| %s | %s | %s | %s |"
          .formatted(failure.name(), failure.expected(), outcome.measured(), outcome.verdict());
    }
  }

  static String summary(List<Outcome> outcomes) {
    long wrong = outcomes.stream().filter(outcome -> !outcome.asExpected()).count();
    long untried = outcomes.stream().filter(outcome -> !outcome.tried()).count();
    if (wrong == 0 && untried == 0) {
      return "all %d failures came out as expected".formatted(outcomes.size());
    }
    String came =
        wrong == 0
            ? "%d of %d failures came out as expected"
                .formatted(outcomes.size() - untried, outcomes.size())
            : "%d of %d failures did not come out as expected".formatted(wrong, outcomes.size());
    return untried == 0 ? came : came + ", %d not tried".formatted(untried);
  }

  /// What cannot be measured is not as expected, and the others are tried all the same.
  private static Outcome cause(Failure failure, Scene scene) throws InterruptedException {
    try {
      return failure.story().tell(scene);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return Outcome.failed(e);
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
