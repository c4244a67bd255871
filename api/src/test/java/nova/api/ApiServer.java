package nova.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import nova.api.http.TestHttp;
import nova.api.http.TestTokens;
import nova.control.channel.Channel;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.testkit.FakeClock;

/// The API mounted on a real HTTP server on a free loopback port, with a client for it.
final class ApiServer implements AutoCloseable {
  static final int RTMP_PORT = 19350;
  private static final JsonMapper JSON = new JsonMapper();

  final FakeClock clock = new FakeClock();
  final StreamEvents events =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw new AssertionError(event.toString(), failure);
          });

  /// When the posters of streams were taken.
  final Map<StreamId, Instant> posters = new ConcurrentHashMap<>();

  /// What memory knows of channels.
  final Map<ChannelSlug, Channel> channels = new ConcurrentHashMap<>();

  final TestTokens tokens = new TestTokens();
  private final String viewer = tokens.add("nova_viewer", Scope.VIEWER);
  private final Api api;
  private final TestHttp http;

  ApiServer() {
    this(ApiConfig.defaults());
  }

  ApiServer(ApiConfig config) {
    api =
        Api.open(
            config,
            new ApiPorts(
                events,
                clock,
                () -> clock.nanoTime(),
                Thread::startVirtualThread,
                tokens,
                slug -> Optional.ofNullable(channels.get(slug)),
                () -> RTMP_PORT,
                id -> Optional.ofNullable(posters.get(id))));
    http = new TestHttp(api::mount);
  }

  HttpResponse<String> get(String path, String... headers) {
    return http.get(path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers) {
    return http.send(method, path, headers);
  }

  HttpResponse<byte[]> getBytes(String path, String... headers) {
    return http.send("GET", path, BodyPublishers.noBody(), BodyHandlers.ofByteArray(), headers);
  }

  /// What somebody reads who may read everything.
  HttpResponse<String> read(String path) {
    return get(path, "Authorization", viewer);
  }

  JsonNode json(String path) {
    try {
      return JSON.readTree(read(path).body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static String header(HttpResponse<?> response, String name) {
    return TestHttp.header(response, name);
  }

  @Override
  public void close() {
    http.close();
    api.close();
  }
}
