package nova.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nova.bench.process.ProcessUsage;

/// The load generator `wrk` with one thread: each of its connections asks again as soon as it has
/// its answer.
///
/// *Confined to its creator's thread.*
///
/// @param folder for the script that tells it what to fetch
record Wrk(int connections, Path folder) {
  private static final Pattern READ = Pattern.compile("requests in .*?, ([0-9.]+)(KB|MB|GB) read");

  /// What a server did under the load.
  record Cost(double cpuSecondsPerGb, double gbPerSecond) {
    @Override
    public String toString() {
      return "%s CPU s/GB, %s GB/s"
          .formatted(Figure.number(cpuSecondsPerGb), Figure.number(gbPerSecond));
    }
  }

  /// Loads a server, and says what that cost it.
  ///
  /// @param uris what is fetched, one after the other and then again; all of one server
  Cost measure(List<URI> uris, int seconds, Callable<ProcessUsage> usage) throws Exception {
    ProcessUsage before = usage.call();
    double gigabytes = load(uris, seconds);
    ProcessUsage after = usage.call();
    return new Cost(after.cpuSecondsSince(before) / gigabytes, gigabytes / seconds);
  }

  /// Loads a server.
  ///
  /// @return gigabytes received
  double load(List<URI> uris, int seconds) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s"));
    if (uris.size() > 1) {
      command.addAll(List.of("-s", script(uris).toString()));
    }
    command.add(uris.getFirst().toString());
    Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!wrk.waitFor(seconds + 10L, TimeUnit.SECONDS) || wrk.exitValue() != 0) {
        throw new IOException("wrk failed: " + output.strip());
      }
      Matcher read = READ.matcher(output);
      if (!read.find() || output.contains("Non-2xx")) {
        throw new IOException("wrk was not served: " + output.strip());
      }
      double unit =
          switch (read.group(2)) {
            case "KB" -> 1024;
            case "MB" -> 1024.0 * 1024;
            default -> 1024.0 * 1024 * 1024;
          };
      return Double.parseDouble(read.group(1)) * unit / 1e9;
    } finally {
      wrk.destroyForcibly();
    }
  }

  private Path script(List<URI> uris) throws IOException {
    String paths =
        uris.stream().map(uri -> '"' + uri.getPath() + '"').collect(Collectors.joining(",\n  "));
    return Files.writeString(
        folder.resolve("wrk.lua"),
        """
        local paths = {
          %s
        }
        local next = 0
        request = function()
          next = next %% #paths + 1
          return wrk.format("GET", paths[next])
        end
        """
            .formatted(paths));
  }
}
