package nova.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Api api;
  private final HttpServer server;

  ApiServer() {
    this(ApiConfig.defaults());
  }

  ApiServer(ApiConfig config) {
    api =
        Api.open(
            config,
            new ApiPorts(
                events, clock, () -> RTMP_PORT, id -> Optional.ofNullable(posters.get(id))));
    Router router = Router.router(vertx);
    api.mount(router);
    server = vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await();
  }

  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers) {
    return send(method, path, BodyHandlers.ofString(), headers);
  }

  HttpResponse<byte[]> getBytes(String path, String... headers) {
    return send("GET", path, BodyHandlers.ofByteArray(), headers);
  }

  JsonNode json(String path) {
    try {
      return JSON.readTree(get(path).body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private <T> HttpResponse<T> send(
      String method, String path, HttpResponse.BodyHandler<T> body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
            .timeout(Duration.ofSeconds(10))
            .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), body);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Override
  public void close() {
    client.close();
    api.close();
    vertx.close().await();
  }
}
