package nova.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The `nova` command.
@Command(
    name = "nova",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A live video platform: RTMP in, low-latency HLS out.",
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }
}
