package nova.app;

import java.io.PrintWriter;
import nova.app.cli.ChannelCommand;
import nova.app.cli.KeyCommand;
import nova.app.cli.StreamCommand;
import nova.app.cli.TokenCommand;
import nova.app.config.NearestName;
import nova.app.error.StartupException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `nova` command. Exit codes: 0 done, 1 cannot, 2 wrong usage.
@Command(
    name = "nova",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A live video platform: RTMP in, low-latency HLS out.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StartCommand.class,
      DemoCommand.class,
      PublishCommand.class,
      ChannelCommand.class,
      KeyCommand.class,
      StreamCommand.class,
      TokenCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      IngestCommand.class,
      TranscodeCommand.class,
      DeliveryCommand.class,
      ApiCommand.class,
      MigrateCommand.class
    },
    footer = {
      "",
      "`nova demo` shows everything at once; `nova COMMAND --help` explains a command."
    })
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int exitCode = commandLine().execute(arguments);
    Logging.flush();
    System.exit(exitCode);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(wrongUsage())
        .setExecutionExceptionHandler(cannot());
  }

  private static IParameterExceptionHandler wrongUsage() {
    return (failure, arguments) -> {
      CommandLine command = failure.getCommandLine();
      PrintWriter err = command.getErr();
      err.println("nova: " + failure.getMessage());
      suggest(failure, err);
      err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
      return CommandLine.ExitCode.USAGE;
    };
  }

  private static void suggest(ParameterException failure, PrintWriter err) {
    CommandLine command = failure.getCommandLine();
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && !command.getSubcommands().isEmpty()) {
      String name = command.getCommandSpec().qualifiedName();
      NearestName.of(unmatched.getUnmatched().getFirst(), command.getSubcommands().keySet())
          .ifPresent(meant -> err.println("Did you mean: %s %s?".formatted(name, meant)));
    } else {
      boolean _ = UnmatchedArgumentException.printSuggestions(failure, err);
    }
  }

  private static IExecutionExceptionHandler cannot() {
    return (failure, command, parsed) -> {
      if (!(failure instanceof StartupException)) {
        throw failure; // a programmer's error: picocli prints where it happened
      }
      command.getErr().println("nova: " + failure.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    };
  }
}
