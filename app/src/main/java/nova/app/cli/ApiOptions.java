package nova.app.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import nova.app.error.StartupException;
import nova.app.local.LocalServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of every command that asks a server.
///
/// Options win over variables: with `--data` the command is for the server of that folder, whatever
/// `NOVA_API` says, and `NOVA_TOKEN`, which belongs to it, is not shown to another.
///
/// *Confined to the main thread.*
final class ApiOptions {
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,256}"); // what a header can have

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Data folder of a server that runs on this machine (NOVA_DATA, else ./nova-data).")
  private @Nullable String data;

  @Option(
      names = "--api",
      paramLabel = "URL",
      description =
          "Address of another server, such as https://live.example.com (NOVA_API); needs a token.")
  private @Nullable String api;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "API token; better in the environment as NOVA_TOKEN.")
  private @Nullable String token;

  @Option(names = "--json", description = "Print the answer of the API as it is.")
  private boolean json;

  /// Whom to ask.
  ///
  /// @param url of the server
  /// @param token to show to it
  record Target(String url, String token) {
    /// Hides the token.
    @Override
    public String toString() {
      return "Target[%s]".formatted(url);
    }
  }

  /// A connection to the server that is meant.
  ///
  /// @throws StartupException when none runs there
  /// @throws ParameterException when it is not clear which is meant
  ApiClient connect() {
    Target target = target(System.getenv());
    return new ApiClient(target.url(), target.token(), output());
  }

  Target target(Map<String, String> environment) {
    requireClear();
    String url = chosen(api, data == null ? variable(environment, "NOVA_API") : null);
    String named = variable(environment, "NOVA_API");
    boolean isOfAnotherServer =
        named != null && (data != null || (api != null && !api.equals(named)));
    String shown =
        checked(chosen(token, isOfAnotherServer ? null : variable(environment, "NOVA_TOKEN")));
    if (url != null) {
      if (shown == null) {
        throw wrongUsage("--api needs a token (expected: --token, or NOVA_TOKEN set)");
      }
      return new Target(url, shown);
    }
    LocalServer server = localServer(environment);
    return new Target(server.url(), shown == null ? server.token() : shown);
  }

  private void requireClear() {
    if (data != null && api != null) {
      throw wrongUsage("--data and --api name two servers (expected: one of them)");
    }
    if (api != null && api.isBlank()) {
      throw wrongUsage("--api is empty (expected: such as https://live.example.com)");
    }
    if (token != null && token.isBlank()) {
      throw wrongUsage("--token is empty (expected: such as nova_…)");
    }
  }

  private static @Nullable String chosen(@Nullable String option, @Nullable String variable) {
    return option == null ? variable : option;
  }

  /// An empty one is as none.
  private static @Nullable String variable(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    return value.isBlank() ? null : value;
  }

  /// Without the end of the line of a file it came from. What is wrong is not repeated: it may be a
  /// secret all the same.
  private @Nullable String checked(@Nullable String written) {
    if (written == null) {
      return null;
    }
    String stripped = written.strip();
    if (!TOKEN.matcher(stripped).matches()) {
      throw wrongUsage(
          "the token has spaces or other characters that no token has, or is too long (expected:"
              + " such as nova_…)");
    }
    return stripped;
  }

  private ParameterException wrongUsage(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }

  private LocalServer localServer(Map<String, String> environment) {
    String variable = variable(environment, "NOVA_DATA");
    String folder = data != null ? data : variable != null ? variable : "./nova-data";
    return LocalServer.find(path(folder))
        .orElseThrow(
            () ->
                new StartupException(
                    "no server runs on data folder %s (expected: `nova start` there, or --data of one that runs, or --api and --token)"
                        .formatted(folder)));
  }

  private static Path path(String folder) {
    try {
      return Path.of(folder);
    } catch (InvalidPathException e) {
      throw new StartupException(
          "data folder '%s' is not a path; choose one with --data".formatted(folder), e);
    }
  }

  Output output() {
    return new Output(json);
  }
}
