package nova.app.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import nova.app.error.StartupException;
import nova.app.local.LocalServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that asks a server.
///
/// *Confined to the main thread.*
final class ApiOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data folder of a server that runs on this machine (./nova-data).",
      defaultValue = "${env:NOVA_DATA:-./nova-data}")
  private String data = "";

  @Option(
      names = "--api",
      paramLabel = "URL",
      description = "Address of another server, such as https://live.example.com; needs --token.",
      defaultValue = "${env:NOVA_API}")
  private @Nullable String api;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "API token for --api; better in the environment as NOVA_TOKEN.",
      defaultValue = "${env:NOVA_TOKEN}")
  private @Nullable String token;

  @Option(names = "--json", description = "Print the answer of the API as it is.")
  private boolean json;

  /// A connection to the server that is meant.
  ///
  /// @throws StartupException when that is not clear
  ApiClient connect() {
    if (api != null && !api.isEmpty()) {
      if (token == null || token.isEmpty()) {
        throw new StartupException("--api needs a token (expected: --token, or NOVA_TOKEN set)");
      }
      return new ApiClient(api, token);
    }
    LocalServer server =
        LocalServer.find(folder())
            .orElseThrow(
                () ->
                    new StartupException(
                        "no server runs on data folder %s (expected: `nova start` there, or --data of one that runs, or --api and --token)"
                            .formatted(data)));
    return new ApiClient(server.url(), server.token());
  }

  private Path folder() {
    try {
      return Path.of(data);
    } catch (InvalidPathException e) {
      throw new StartupException(
          "data folder '%s' is not a path; choose one with --data".formatted(data), e);
    }
  }

  Output output() {
    return new Output(json);
  }
}
