package nova.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nova channel`: channels of a running server.
@Command(
    name = "channel",
    mixinStandardHelpOptions = true,
    description = "Make, list, change and delete channels of a running server.",
    synopsisSubcommandLabel = "COMMAND")
public final class ChannelCommand implements Runnable {
  private static final String[] FIELDS = {
    "slug", "title", "broadcasterId", "listed", "playback", "liveStream", "createdAt"
  };

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "channel needs a command");
  }

  @Command(name = "create", description = "Make a channel.", mixinStandardHelpOptions = true)
  int create(
      @Mixin ApiOptions options,
      @Option(names = "--slug", required = true, description = "Its name in addresses.")
          String slug,
      @Option(names = "--title", description = "Its name for viewers.") @Nullable String title,
      @Option(names = "--unlisted", description = "The home page does not show it.")
          boolean unlisted,
      @Option(
              names = "--playback",
              paramLabel = "public|token",
              description = "Who may watch: everybody, or who has a token.")
          @Nullable String playback) {
    ObjectNode body = ApiClient.body().put("slug", slug);
    if (title != null) {
      ObjectNode _ = body.put("title", title);
    }
    if (unlisted) {
      ObjectNode _ = body.put("listed", false);
    }
    if (playback != null) {
      ObjectNode _ = body.put("playback", playback);
    }
    JsonNode channel = options.connect().post("/channels", body);
    Output output = options.output();
    output.fields(channel, FIELDS);
    output.say("`nova key create --channel %s` makes a key to publish to it.".formatted(slug));
    return 0;
  }

  @Command(name = "list", description = "List all channels.", mixinStandardHelpOptions = true)
  int list(@Mixin ApiOptions options) {
    JsonNode answer = options.connect().list("/channels", "channels");
    options
        .output()
        .table(
            answer,
            answer.path("channels"),
            "slug",
            "title",
            "listed",
            "playback",
            "liveStream",
            "createdAt");
    return 0;
  }

  @Command(
      name = "update",
      description = "Change a channel; what is not given stays.",
      mixinStandardHelpOptions = true)
  int update(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "SLUG", description = "Of the channel.") String slug,
      @Option(names = "--title", description = "Its name for viewers.") @Nullable String title,
      @Option(
              names = "--listed",
              paramLabel = "true|false",
              arity = "1",
              description = "Whether the home page shows it while it is live.")
          @Nullable Boolean listed,
      @Option(
              names = "--playback",
              paramLabel = "public|token",
              description = "Who may watch: everybody, or who has a token.")
          @Nullable String playback) {
    ObjectNode body = ApiClient.body();
    if (title != null) {
      ObjectNode _ = body.put("title", title);
    }
    if (listed != null) {
      ObjectNode _ = body.put("listed", listed);
    }
    if (playback != null) {
      ObjectNode _ = body.put("playback", playback);
    }
    if (body.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "nothing to change (expected: --title, --listed or --playback)");
    }
    JsonNode channel = options.connect().patch("/channels/" + ApiClient.encoded(slug), body);
    options.output().fields(channel, FIELDS);
    return 0;
  }

  @Command(
      name = "delete",
      description = "Delete a channel with its keys and the record of its streams.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "SLUG", description = "Of the channel.") String slug) {
    JsonNode answer = options.connect().delete("/channels/" + ApiClient.encoded(slug));
    options.output().done(answer, "channel %s is deleted".formatted(slug));
    return 0;
  }
}
