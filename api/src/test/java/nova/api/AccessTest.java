package nova.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nova.api.http.Operation;
import nova.control.audit.Actor;
import nova.control.channel.Channel;
import nova.control.database.TestDatabase;
import nova.control.stream.ChannelStream;
import nova.control.stream.StreamMetadata;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyTerms;
import nova.control.token.Scope;
import nova.control.token.TokenTerms;
import nova.core.ChannelSlug;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Who may do what, of all that can be asked. An operation that is not in the table fails.
class AccessTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  /// What each operation answers to nobody, a viewer, an operator, an admin, an operator of the
  /// channel it is asked about, and an operator of another. `-` lets in: what comes then is of the
  /// operation.
  private static final Map<String, String> EXPECTED =
      Map.ofEntries(
          Map.entry("listPlayback", "-   -   -   -   -   -"),
          Map.entry("getPlayback", "-   -   -   -   -   -"),
          Map.entry("listChannels", "401 -   -   -   -   -"),
          Map.entry("createChannel", "401 403 -   -   403 403"),
          Map.entry("getChannel", "401 -   -   -   -   404"),
          Map.entry("updateChannel", "401 403 -   -   -   404"),
          Map.entry("deleteChannel", "401 403 -   -   403 403"),
          Map.entry("listStreamKeys", "401 403 -   -   -   404"),
          Map.entry("createStreamKey", "401 403 -   -   -   404"),
          Map.entry("getStreamKey", "401 403 -   -   -   404"),
          Map.entry("rotateStreamKey", "401 403 -   -   -   404"),
          Map.entry("revokeStreamKey", "401 403 -   -   -   404"),
          Map.entry("listStreams", "401 -   -   -   -   -"),
          Map.entry("createStream", "401 403 -   -   -   404"),
          Map.entry("getStream", "401 -   -   -   -   404"),
          Map.entry("updateStream", "401 403 -   -   -   404"),
          Map.entry("stopStream", "401 403 -   -   -   404"),
          Map.entry("getStreamMetrics", "401 -   -   -   -   404"),
          Map.entry("listQualityLevels", "401 -   -   -   -   -"),
          Map.entry("createQualityLevel", "401 403 403 -   403 403"),
          Map.entry("getQualityLevel", "401 -   -   -   -   -"),
          Map.entry("updateQualityLevel", "401 403 403 -   403 403"),
          Map.entry("deleteQualityLevel", "401 403 403 -   403 403"),
          Map.entry("listTokens", "401 403 403 -   403 403"),
          Map.entry("createToken", "401 403 403 -   403 403"),
          Map.entry("getToken", "401 403 403 -   403 403"),
          Map.entry("revokeToken", "401 403 403 -   403 403"),
          Map.entry("listAudit", "401 403 403 -   403 403"),
          Map.entry("getSystem", "401 -   -   -   403 403"));

  private ApiServer server;
  private int channels;

  @BeforeEach
  void start() {
    server = new ApiServer(DATABASE);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void operation_isForThoseOfTheTable() {
    Map<String, String> found = new TreeMap<>();
    for (Operation operation : server.api().operations()) {
      found.put(
          operation.id(),
          Stream.of(Who.values())
              .map(who -> "%-3s".formatted(answer(operation, who)))
              .collect(Collectors.joining(" "))
              .strip());
    }
    Map<String, String> expected = new TreeMap<>();
    EXPECTED.forEach((id, answers) -> expected.put(id, answers.strip()));
    assertThat(found).isEqualTo(expected);
  }

  /// Who asks.
  private enum Who {
    NOBODY,
    VIEWER,
    OPERATOR,
    ADMIN,
    OPERATOR_OF_IT,
    OPERATOR_OF_ANOTHER
  }

  /// What somebody is told who asks about a channel that was never asked about.
  private String answer(Operation operation, Who who) {
    Channel channel = server.channel("channel-%d".formatted(channels++));
    String path = "/api/v1" + filled(operation.path(), channel);
    String method = operation.method().name();
    String body =
        switch (operation.id()) {
          case "createStream" -> "{\"channel\":\"%s\"}".formatted(channel.slug());
          default -> method.equals("POST") || method.equals("PATCH") ? "{}" : null;
        };
    HttpResponse<String> answer =
        who == Who.NOBODY
            ? server.send(method, path)
            : server.ask(method, path, token(who, channel), body);
    return switch (answer.statusCode()) {
      case 401, 403 -> String.valueOf(answer.statusCode());
      case 404 -> who == Who.OPERATOR_OF_ANOTHER ? "404" : "-";
      default -> "-";
    };
  }

  private String token(Who who, Channel channel) {
    return switch (who) {
      case NOBODY -> throw new IllegalArgumentException("nobody has a token");
      case VIEWER -> server.viewer;
      case OPERATOR -> server.operator;
      case ADMIN -> server.admin;
      case OPERATOR_OF_IT -> server.token(Scope.OPERATOR, channel.slug());
      case OPERATOR_OF_ANOTHER ->
          server.token(Scope.OPERATOR, server.channel("other-" + channel.slug()).slug());
    };
  }

  /// The path with a key, a stream, a quality level or a token that is there.
  private String filled(String path, Channel channel) {
    String named = path.replace("{channel}", channel.slug().value());
    if (named.startsWith("/stream-keys/")) {
      return named.replace("{id}", key(channel.slug()).key().id().toString());
    }
    if (named.startsWith("/streams/")) {
      return named.replace("{id}", stream(channel.slug()).id().value());
    }
    if (named.startsWith("/tokens/")) {
      return named.replace("{id}", spareToken());
    }
    if (named.startsWith("/quality-levels/")) {
      var _ = // which may be there from before
          server.ask(
              "POST",
              "/api/v1/quality-levels",
              server.admin,
              "{\"height\":720,\"videoBitrateBps\":3000000}");
      return named.replace("{name}", "720p");
    }
    return named;
  }

  private IssuedKey key(ChannelSlug channel) {
    return server.control.streamKeys().create(channel, KeyTerms.NONE, Actor.SYSTEM);
  }

  private ChannelStream stream(ChannelSlug channel) {
    return server.control.streams().prepare(channel, StreamMetadata.NONE, Actor.SYSTEM);
  }

  private String spareToken() {
    return server
        .control
        .tokens()
        .create(
            new TokenTerms(Scope.VIEWER, "spare", Optional.empty(), Optional.empty()), Actor.SYSTEM)
        .token()
        .id()
        .toString();
  }
}
