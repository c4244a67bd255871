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

/// `nova token`: API tokens of a running server.
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = "Make, list and revoke API tokens of a running server.",
    synopsisSubcommandLabel = "COMMAND")
public final class TokenCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "token needs a command");
  }

  @Command(
      name = "create",
      description = "Make a token; prints it alone on stdout, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ApiOptions options,
      @Option(
              names = "--scope",
              paramLabel = "admin|operator|viewer",
              required = true,
              description = "What it lets somebody do.")
          String scope,
      @Option(
              names = "--channel",
              paramLabel = "SLUG",
              description = "The only channel whose things it opens.")
          @Nullable String channel,
      @Option(names = "--label", description = "For people.") @Nullable String label,
      @Option(
              names = "--expires",
              paramLabel = "TIME",
              description = "When it stops to work, such as 2030-01-31T18:00:00Z.")
          @Nullable String expiresAt) {
    ObjectNode body = ApiClient.body().put("scope", scope);
    if (channel != null) {
      ObjectNode _ = body.put("channel", channel);
    }
    if (label != null) {
      ObjectNode _ = body.put("label", label);
    }
    if (expiresAt != null) {
      ObjectNode _ = body.put("expiresAt", expiresAt);
    }
    JsonNode token = options.connect().post("/tokens", body);
    Output output = options.output();
    output.line(token, token.path("secret").asText());
    output.say("token %s, shown only this once".formatted(token.path("id").asText()));
    return 0;
  }

  @Command(
      name = "list",
      description = "List all tokens, without their secrets.",
      mixinStandardHelpOptions = true)
  int list(@Mixin ApiOptions options) {
    JsonNode answer = options.connect().list("/tokens", "tokens");
    options
        .output()
        .table(
            answer,
            answer.path("tokens"),
            "id",
            "scope",
            "channel",
            "label",
            "state",
            "createdAt",
            "expiresAt",
            "lastUsedAt");
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Take a token back for good.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "ID", description = "Of the token.") String id) {
    JsonNode token =
        options.connect().post("/tokens/" + ApiClient.encoded(id) + "/revoke", ApiClient.body());
    options.output().fields(token, "id", "scope", "channel", "label", "state", "revokedAt");
    return 0;
  }
}
