package nova.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nova stream`: streams of a running server.
@Command(
    name = "stream",
    mixinStandardHelpOptions = true,
    description = "List, show and stop streams of a running server.",
    synopsisSubcommandLabel = "COMMAND")
public final class StreamCommand implements Runnable {
  private static final String[] FIELDS = {
    "id",
    "channel",
    "state",
    "title",
    "createdAt",
    "startedAt",
    "endedAt",
    "endReason",
    "viewers",
    "codecs",
    "bitrateBps",
    "keyframeIntervalMs",
    "receivedBytes",
    "receivedFrames",
    "droppedFrames",
    "repairedTimestamps",
    "reconnects",
    "advice"
  };

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "stream needs a command");
  }

  @Command(
      name = "list",
      description = "List streams, the latest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ApiOptions options,
      @Option(names = "--channel", paramLabel = "SLUG", description = "Of this channel only.")
          @Nullable String channel,
      @Option(names = "--live", description = "Only those that are live now.") boolean live,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "How many at most (${DEFAULT-VALUE}).")
          int limit) {
    if (limit < 1) {
      throw new ParameterException(
          spec.commandLine(), "--limit %d (expected: 1 or more)".formatted(limit));
    }
    Map<String, String> filter = new LinkedHashMap<>();
    if (channel != null) {
      String _ = filter.put("channel", channel);
    }
    if (live) {
      String _ = filter.put("live", "true");
    }
    JsonNode answer =
        options.connect().list("/streams" + ApiClient.query(filter), "streams", limit);
    options
        .output()
        .table(
            answer,
            withSumOfViewers(answer.path("streams")),
            "id",
            "channel",
            "state",
            "title",
            "startedAt",
            "endedAt",
            "viewers",
            "receivedFrames",
            "receivedBytes");
    return 0;
  }

  private static JsonNode withSumOfViewers(JsonNode streams) {
    JsonNode rows = streams.deepCopy();
    for (JsonNode row : rows) {
      JsonNode viewers = row.path("viewers");
      if (row instanceof ObjectNode stream && viewers.isObject()) {
        ObjectNode _ =
            stream.put(
                "viewers", viewers.path("identified").asInt() + viewers.path("estimated").asInt());
      }
    }
    return rows;
  }

  @Command(name = "show", description = "Show one stream.", mixinStandardHelpOptions = true)
  int show(
      @Mixin ApiOptions options,
      @Parameters(
              paramLabel = "ID",
              description = "Of the stream, or a channel for its latest stream.")
          String id) {
    options.output().fields(options.connect().get("/streams/" + ApiClient.encoded(id)), FIELDS);
    return 0;
  }

  @Command(
      name = "stop",
      description = "End a stream. Its broadcaster may come back: revoke the key to prevent that.",
      mixinStandardHelpOptions = true)
  int stop(
      @Mixin ApiOptions options,
      @Parameters(
              paramLabel = "ID",
              description = "Of the stream, or a channel for its latest stream.")
          String id,
      @Option(names = "--reason", description = "One sentence for the broadcaster.")
          @Nullable String reason) {
    ObjectNode body = ApiClient.body();
    if (reason != null) {
      ObjectNode _ = body.put("reason", reason);
    }
    JsonNode stream = options.connect().post("/streams/" + ApiClient.encoded(id) + "/stop", body);
    options.output().fields(stream, FIELDS);
    return 0;
  }
}
