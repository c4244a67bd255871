package nova.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nova key`: stream keys of a running server.
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    description = "Make, list, replace and revoke stream keys of a running server.",
    synopsisSubcommandLabel = "COMMAND")
public final class KeyCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "key needs a command");
  }

  @Command(
      name = "create",
      description = "Make a key; prints it alone on stdout, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ApiOptions options,
      @Option(
              names = "--channel",
              paramLabel = "SLUG",
              required = true,
              description = "Which it opens.")
          String channel,
      @Option(names = "--label", description = "For people.") @Nullable String label,
      @Option(
              names = "--expires",
              paramLabel = "TIME",
              description = "When it stops to work, such as 2030-01-31T18:00:00Z.")
          @Nullable String expiresAt,
      @Option(
              names = "--network",
              paramLabel = "CIDR",
              description = "From where it may be used, such as 192.0.2.0/24; repeatable.")
          @Nullable List<String> networks) {
    ObjectNode body = ApiClient.body();
    if (label != null) {
      ObjectNode _ = body.put("label", label);
    }
    if (expiresAt != null) {
      ObjectNode _ = body.put("expiresAt", expiresAt);
    }
    if (networks != null) {
      ArrayNode allowed = body.putArray("allowedNetworks");
      networks.forEach(allowed::add);
    }
    JsonNode key =
        options.connect().post("/channels/" + ApiClient.encoded(channel) + "/stream-keys", body);
    tell(options.output(), key);
    return 0;
  }

  @Command(
      name = "list",
      description = "List the keys of a channel, without their secrets.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ApiOptions options,
      @Option(
              names = "--channel",
              paramLabel = "SLUG",
              required = true,
              description = "Whose keys.")
          String channel) {
    JsonNode answer =
        options
            .connect()
            .list("/channels/" + ApiClient.encoded(channel) + "/stream-keys", "streamKeys");
    options
        .output()
        .table(
            answer,
            answer.path("streamKeys"),
            "id",
            "label",
            "state",
            "allowedNetworks",
            "createdAt",
            "expiresAt",
            "lastUsedAt",
            "lastUsedFrom");
    return 0;
  }

  @Command(
      name = "rotate",
      description =
          "Make a key in place of another, which works on for a while; prints the new one.",
      mixinStandardHelpOptions = true)
  int rotate(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "ID", description = "Of the old key.") String id,
      @Option(
              names = "--overlap",
              paramLabel = "SECONDS",
              description = "How long the old key works on (3600); 0 revokes it at once.")
          @Nullable Integer overlapSeconds) {
    ObjectNode body = ApiClient.body();
    if (overlapSeconds != null) {
      ObjectNode _ = body.put("overlapSeconds", overlapSeconds);
    }
    JsonNode key =
        options.connect().post("/stream-keys/" + ApiClient.encoded(id) + "/rotate", body);
    tell(options.output(), key);
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Take a key back for good; what is live with it ends.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "ID", description = "Of the key.") String id) {
    JsonNode key =
        options
            .connect()
            .post("/stream-keys/" + ApiClient.encoded(id) + "/revoke", ApiClient.body());
    options.output().fields(key, "id", "channel", "label", "state", "revokedAt");
    return 0;
  }

  private static void tell(Output output, JsonNode key) {
    output.line(key, key.path("secret").asText());
    output.say(
        "stream key %s of channel %s, shown only this once"
            .formatted(key.path("id").asText(), key.path("channel").asText()));
  }
}
