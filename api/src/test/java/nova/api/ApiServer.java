package nova.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import nova.api.http.TestHttp;
import nova.api.openapi.ApiContract;
import nova.api.openapi.ApiDocument;
import nova.api.token.TokenAuthenticator;
import nova.control.Control;
import nova.control.ControlConfig;
import nova.control.ControlPorts;
import nova.control.audit.Actor;
import nova.control.channel.Channel;
import nova.control.channel.ChannelChange;
import nova.control.database.TestDatabase;
import nova.control.metric.MetricsConfig;
import nova.control.playback.PlaybackRights;
import nova.control.stream.LiveBroadcasts;
import nova.control.streamkey.CaffeineStreamKeyCache;
import nova.control.token.Scope;
import nova.control.token.TokenTerms;
import nova.core.ChannelSlug;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvents;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.ViewerCount;
import nova.testkit.FakeClock;
import org.jspecify.annotations.Nullable;

/// The API on a real database that was emptied, mounted on a real HTTP server on a free loopback
/// port, with a client for it that holds every answer to the API's document.
final class ApiServer implements AutoCloseable {
  static final int RTMP_PORT = 19350;
  private static final JsonMapper JSON = new JsonMapper();
  private static final ApiContract CONTRACT =
      ApiContract.of(ApiDocument.load("").json().toString());

  final FakeClock clock = new FakeClock();
  final StreamEvents events =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw new AssertionError(event.toString(), failure);
          });

  /// When the posters of streams were taken.
  final Map<StreamId, Instant> posters = new ConcurrentHashMap<>();

  /// How many watch streams.
  final Map<StreamId, ViewerCount> viewers = new ConcurrentHashMap<>();

  /// Streams that were ended, and why.
  final Map<StreamId, String> stopped = new ConcurrentHashMap<>();

  final Control control;
  private final Map<StreamId, Optional<StreamKeyId>> onAir = new ConcurrentHashMap<>();
  private final Path data;
  final String viewer;
  final String operator;
  final String admin;
  private final Api api;
  private final TestHttp http;

  ApiServer(TestDatabase database) {
    this(database, ApiConfig.defaults());
  }

  ApiServer(TestDatabase database, ApiConfig config) {
    database.useTransaction(
        handle -> {
          int _ =
              handle.execute(
                  "TRUNCATE channels, tokens, audit, quality_levels, stream_metrics" + " CASCADE");
        });
    data = folder();
    var _ = events.subscribe(this::follow);
    control = control(database);
    viewer = token(Scope.VIEWER, null);
    operator = token(Scope.OPERATOR, null);
    admin = token(Scope.ADMIN, null);
    PlaybackRights rights =
        PlaybackRights.open(
            control.channels().directory(),
            control.tokens(),
            config.limits().failedAuthenticationsPerMinute(),
            clock,
            () -> clock.nanoTime(),
            Thread::startVirtualThread);
    api =
        Api.open(
            config,
            new ApiPorts(
                "1.2.3-test",
                events,
                clock,
                () -> clock.nanoTime(),
                Thread::startVirtualThread,
                new TokenAuthenticator(rights::tokenOf),
                control,
                rights,
                () -> RTMP_PORT,
                id -> Optional.ofNullable(posters.get(id)),
                id -> Optional.ofNullable(viewers.get(id))));
    http = new TestHttp(api::mount);
  }

  private Control control(TestDatabase database) {
    return Control.open(
        new ControlConfig(data, database.config(), MetricsConfig.defaults()),
        new ControlPorts(
            events,
            new Broadcasts(),
            new CaffeineStreamKeyCache(() -> clock.nanoTime()),
            clock,
            () -> clock.nanoTime(),
            new SecureRandom(),
            Thread.ofVirtual().factory()));
  }

  private void follow(StreamEvent event) {
    if (event instanceof StreamEvent.StreamStarted started) {
      var _ = onAir.put(event.stream(), started.key());
    } else if (event instanceof StreamEnded || event instanceof StreamEvent.StreamError) {
      var _ = onAir.remove(event.stream());
    }
  }

  /// What ingest does when it is told to.
  private final class Broadcasts implements LiveBroadcasts {
    @Override
    public CompletionStage<Boolean> stop(StreamId stream, String reason) {
      if (!onAir.containsKey(stream)) {
        return CompletableFuture.completedStage(false);
      }
      stopped.put(stream, reason);
      events.publish(new StreamEnded(stream, clock.instant(), reason, StreamHealth.NOTHING));
      return CompletableFuture.completedStage(true);
    }

    @Override
    public void dropKey(StreamKeyId key, String reason) {
      onAir.forEach(
          (stream, its) -> {
            if (its.equals(Optional.of(key))) {
              var _ = stop(stream, reason);
            }
          });
    }
  }

  /// Waits until what happened is in the database.
  void settle() {
    Instant patience = Instant.now().plusSeconds(10);
    while (control.journalBacklog() > 0) {
      assertThat(Instant.now()).as("the journal is written").isBefore(patience);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /// Makes a token.
  ///
  /// @param channel the only one it is for, or null
  /// @return its secret
  String token(Scope scope, @Nullable ChannelSlug channel) {
    return control
        .tokens()
        .create(
            new TokenTerms(scope, scope.label(), Optional.ofNullable(channel), Optional.empty()),
            Actor.SYSTEM)
        .secret()
        .value();
  }

  /// Makes a channel that is listed and public.
  Channel channel(String slug) {
    return control.channels().create(new ChannelSlug(slug), ChannelChange.NONE, Actor.SYSTEM);
  }

  /// Changes a channel.
  void change(ChannelSlug slug, ChannelChange change) {
    var _ = control.channels().update(slug, change, Optional.empty(), Actor.SYSTEM);
  }

  Api api() {
    return api;
  }

  /// What anybody reads.
  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, headers);
  }

  /// Sends a request without a body.
  HttpResponse<String> send(String method, String path, String... headers) {
    return checked(method, path, null, http.send(method, path, headers));
  }

  HttpResponse<byte[]> getBytes(String path, String... headers) {
    return http.send("GET", path, BodyPublishers.noBody(), BodyHandlers.ofByteArray(), headers);
  }

  /// What somebody reads who may read everything.
  HttpResponse<String> read(String path) {
    return get(path, "Authorization", "Bearer " + admin);
  }

  /// Sends JSON, or nothing, with a token.
  HttpResponse<String> ask(
      String method, String path, String token, @Nullable String body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Authorization", "Bearer " + token));
    if (body != null) {
      all.addAll(List.of("Content-Type", "application/json"));
    }
    return checked(
        method,
        path,
        body,
        http.send(
            method,
            path,
            body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body),
            BodyHandlers.ofString(),
            all.toArray(String[]::new)));
  }

  private HttpResponse<String> checked(
      String method, String path, @Nullable String body, HttpResponse<String> answer) {
    CONTRACT.check(method, path, body, answer);
    return answer;
  }

  /// What an admin reads, as JSON.
  JsonNode json(String path) {
    return json(read(path));
  }

  static JsonNode json(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Something is refused, for a reason that programs know.
  static void assertProblem(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(json(answer).path("reason").asText()).isEqualTo(reason);
  }

  static String header(HttpResponse<?> response, String name) {
    return TestHttp.header(response, name);
  }

  @Override
  public void close() {
    http.close();
    api.close();
    control.close();
    delete(data);
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory(Path.of("target"), "server");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try {
      boolean _ = Files.deleteIfExists(folder.resolve("node"));
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
