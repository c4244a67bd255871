package nova.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import nova.bench.soak.Soak;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Runs a soak; what `make soak` starts. Unlike benchmarks it ends with 1 when something grew.
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Run long and fast, and see whether memory, threads or open files grow.")
final class SoakCommand implements Callable<Integer> {
  private static final int SHORTEST = 6; // minutes; each of the windows needs samples
  private static final int FASTEST = 16;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--media-minutes",
      defaultValue = "60",
      description =
          "Minutes of media on each of two channels (60); with less the JVM may still warm up.")
  private int mediaMinutes;

  @Option(
      names = "--speed",
      defaultValue = "8",
      description = "How many times faster than it plays (8).")
  private int speed;

  @Mixin private RunOptions run = new RunOptions();

  @Override
  public Integer call() throws Exception {
    if (mediaMinutes < SHORTEST || speed < 1 || speed > FASTEST) {
      throw new ParameterException(
          spec.commandLine(),
          "%d minutes at %dx (expected: >= %d minutes at 1x to %dx)"
              .formatted(mediaMinutes, speed, SHORTEST, FASTEST));
    }
    PrintWriter out = spec.commandLine().getOut();
    Soak soak = new Soak(mediaMinutes, speed, run.folder().resolve("soak"), run.jvmFlags());
    Soak.Verdict verdict;
    try {
      verdict = soak.run(spec.commandLine().getErr());
    } catch (IOException e) {
      out.println("soak: could not be finished: " + e.getMessage());
      return 1;
    }
    MachineFacts.read().lines().forEach(out::println);
    verdict.table().forEach(out::println);
    out.println(verdict.summary());
    return verdict.bounded() ? 0 : 1;
  }
}
