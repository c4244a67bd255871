package nova.app.playback;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nova.control.audit.Actor;
import nova.control.audit.AuditLog;
import nova.control.channel.ChannelChange;
import nova.control.channel.ChannelRepository;
import nova.control.channel.Channels;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.Database;
import nova.control.database.EmbeddedPostgres;
import nova.control.playback.PlaybackRights;
import nova.control.token.IssuedToken;
import nova.control.token.Scope;
import nova.control.token.TokenRepository;
import nova.control.token.TokenTerms;
import nova.control.token.Tokens;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.InProcessStreamEvents;
import nova.core.StreamId;
import nova.delivery.DeliveryConfig;
import nova.delivery.DeliveryMetrics;
import nova.delivery.DeliveryPorts;
import nova.delivery.InProcessViewerRegistry;
import nova.delivery.http.Delivery;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.Poster;
import nova.segments.SegmentStoreConfig;
import nova.segments.StoredMedia;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A viewer of a channel for token holders, from the HTTP request to the rows of the database.
class TokenGateIT {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final StreamId STREAM = new StreamId("abcd2345efgh6789");
  private static final String POSTER = "/media/" + STREAM + "/poster.jpg";

  @TempDir private Path data;
  private final FakeClock clock = new FakeClock();
  private final Vertx vertx = Vertx.vertx();
  private int port;

  @Test
  void viewer_isLetIn_withATokenThatWorks_andAlsoWhileTheDatabaseIsAway() throws Exception {
    Database stopped;
    String unseen;
    String known;
    Delivery delivery;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
      stopped = Database.open(postgres.config(2, Duration.ofSeconds(1)));
      AuditLog audit = new AuditLog(stopped);
      ChannelRepository repository = new ChannelRepository();
      Channels channels = new Channels(stopped, repository, audit, (_, _) -> () -> {}, clock);
      Tokens tokens =
          new Tokens(stopped, new TokenRepository(), repository, audit, clock, new SecureRandom());
      delivery = serve(channels, tokens);

      assertThat(status(POSTER)).as("no channel yet").isEqualTo(404);
      var _ = channels.create(SHOW, playback(PlaybackPolicy.PUBLIC), Actor.SYSTEM);
      assertThat(status(POSTER)).isEqualTo(200);
      var _ = channels.update(SHOW, playback(PlaybackPolicy.TOKEN), Optional.empty(), Actor.SYSTEM);
      assertThat(status(POSTER)).isEqualTo(401);
      assertThat(status("/p/nova_made_up" + POSTER)).isEqualTo(403);

      known = create(tokens).secret().value();
      unseen = create(tokens).secret().value();
      IssuedToken revoked = create(tokens);
      assertThat(status("/p/" + known + POSTER)).isEqualTo(200);
      assertThat(status(POSTER, "Authorization", "Bearer " + known)).isEqualTo(200);
      assertThat(status("/p/" + revoked.secret().value() + POSTER)).isEqualTo(200);
      var _ = tokens.revoke(revoked.token().id(), Actor.SYSTEM);
      assertThat(status("/p/" + revoked.secret().value() + POSTER)).isEqualTo(403);
    }
    try (stopped;
        delivery) {
      clock.advance(Duration.ofMinutes(1));
      assertThat(status("/p/" + known + POSTER)).isEqualTo(200);
      assertThat(status("/p/" + unseen + POSTER)).isEqualTo(503);
      assertThat(status(POSTER)).isEqualTo(401);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  /// Delivery with one stream of the channel, which shows a poster.
  private Delivery serve(Channels channels, Tokens tokens) throws Exception {
    InMemoryTimelineStore timelines =
        new InMemoryTimelineStore(
            (snapshot, failure) -> {
              throw new AssertionError(snapshot.stream().value(), failure);
            });
    InMemoryPosterStore posters = new InMemoryPosterStore();
    assertThat(
            timelines.put(
                new TimelineSnapshot(
                    STREAM,
                    SHOW,
                    1,
                    TimelineState.LIVE,
                    Instant.EPOCH,
                    Optional.empty(),
                    List.of())))
        .isTrue();
    assertThat(posters.put(STREAM, new Poster(Bytes.ofHex("ffd8ffd9"), Instant.EPOCH))).isTrue();
    PlaybackRights rights =
        PlaybackRights.open(
            channels.directory(),
            tokens,
            20,
            clock,
            clock::nanoTime,
            task -> Thread.ofVirtual().start(task));
    Delivery delivery =
        Delivery.open(
            DeliveryConfig.defaults(),
            new DeliveryPorts(
                new StoredMedia(new InMemorySegmentStore(SegmentStoreConfig.defaults()), posters),
                timelines,
                new TokenGate(rights),
                new InProcessViewerRegistry(clock, clock::nanoTime, new SecureRandom()),
                new InProcessStreamEvents(
                    (_, e) -> {
                      throw new AssertionError(e);
                    }),
                DeliveryMetrics.NONE,
                clock,
                clock::nanoTime));
    Router router = Router.router(vertx);
    delivery.mount(router);
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    port = server.actualPort();
    return delivery;
  }

  private int status(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.discarding()).statusCode();
    }
  }

  private static IssuedToken create(Tokens tokens) {
    return tokens.create(
        new TokenTerms(Scope.VIEWER, "", Optional.of(SHOW), Optional.empty()), Actor.SYSTEM);
  }

  private static ChannelChange playback(PlaybackPolicy policy) {
    return new ChannelChange(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(policy));
  }
}
