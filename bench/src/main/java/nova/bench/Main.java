package nova.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import nova.bench.cluster.ClusterCommand;
import nova.bench.cluster.ClusterTestCommand;
import nova.control.database.DatabaseStartException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs benchmarks one after the other and prints their figures; what `make bench` starts.
///
/// Ends with 0 when everything was measured, within budget or not: a figure is for reading, and a
/// busy machine is not a defect.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = {SoakCommand.class, ClusterCommand.class, ClusterTestCommand.class},
    description = "Measure Nova beside nginx and ffmpeg on this machine and print ratios.")
final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "BENCH",
      description =
          "start, control, publishers, waiters, lookups, serving, viewers, ladder, frames,"
              + " shared-media, shared-serving or latency; default: all.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--publishers", defaultValue = "20", description = "Broadcasters (20).")
  private int publishers;

  @Option(names = "--viewers", defaultValue = "200", description = "LL-HLS viewers (200).")
  private int viewers;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "How long publishers and viewers are measured (30).")
  private int seconds;

  @Option(names = "--parts", defaultValue = "60", description = "Parts the waiters get (60).")
  private int parts;

  @Mixin private RunOptions run = new RunOptions();

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Main())
            .setExecutionExceptionHandler((failure, command, _) -> cannot(failure, command))
            .execute(args));
  }

  /// Says what this machine did not allow; of a programmer's error picocli prints where it
  /// happened.
  private static int cannot(Exception failure, CommandLine command) throws Exception {
    String why =
        switch (failure) {
          case UncheckedIOException e -> requireNonNull(e.getCause()).getMessage();
          case FileSystemException e -> e.getClass().getSimpleName() + " " + e.getMessage();
          case IOException e -> e.getMessage();
          case DatabaseStartException e -> e.getMessage();
          default -> throw failure;
        };
    command.getErr().println("%s: %s".formatted(command.getCommandName(), why));
    return CommandLine.ExitCode.SOFTWARE;
  }

  @Override
  public Integer call() throws Exception {
    List<Bench> chosen = chosen();
    MachineFacts machine = MachineFacts.read();
    PrintWriter progress = spec.commandLine().getErr();
    Report report = new Report();
    boolean failed = false;
    for (Bench bench : chosen) {
      progress.println("bench: " + bench.name() + ": " + bench.load());
      try {
        report.add(bench, bench.run());
      } catch (Exception e) {
        failed = true;
        progress.println("bench: " + bench.name() + " could not be measured: " + e.getMessage());
      }
    }
    spec.commandLine().getOut().println(report.render(machine));
    return failed ? 1 : 0;
  }

  private List<Bench> chosen() {
    Options options =
        new Options(publishers, viewers, seconds, parts, run.folder(), run.jvmFlags());
    List<Bench> all =
        List.of(
            new StartBench(options),
            new ControlBench(options),
            new PublishersBench(options),
            new WaitersBench(options.parts()),
            new LookupsBench(),
            new ServingBench(options),
            new ViewersBench(options),
            new LadderBench(options),
            new FramesBench(options),
            new SharedMediaBench(),
            new SharedServingBench(options),
            new LatencyBench(options));
    List<String> known = all.stream().map(Bench::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "no benchmark '%s' (expected: one of %s)".formatted(name, known));
      }
    }
    return names.isEmpty() ? all : all.stream().filter(b -> names.contains(b.name())).toList();
  }
}
