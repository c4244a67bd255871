package nova.app.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import nova.control.Control;
import nova.control.ControlConfig;
import nova.control.ControlPorts;
import nova.control.audit.Actor;
import nova.control.channel.ChannelChange;
import nova.control.database.DatabaseConfig;
import nova.control.metric.MetricsConfig;
import nova.control.stream.LiveBroadcasts;
import nova.control.stream.StreamMetadata;
import nova.control.streamkey.CaffeineStreamKeyCache;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyTerms;
import nova.core.ChannelSlug;
import nova.core.InProcessStreamEvents;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.ingest.publish.PublishDecision;
import nova.ingest.publish.PublishRequest;
import nova.ingest.publish.StreamKey;
import nova.testkit.FakeClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is let in, with the database there and away.
class ControlAuthorizerIT {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final String CONFIGURED = "configured-key";

  @TempDir private Path data;
  private final FakeClock clock = new FakeClock();

  @Test
  void publisher_isLetInRefusedOrPutOff_asTheDatabaseSays_orCannotSay() throws Exception {
    ControlAuthorizer authorizer;
    IssuedKey known;
    IssuedKey unseen;
    try (Control control = open()) {
      var _ = control.channels().create(SHOW, ChannelChange.NONE, Actor.SYSTEM);
      authorizer =
          new ControlAuthorizer(
              ConfiguredKeys.parse(List.of("show=" + CONFIGURED)),
              control.streamKeys(),
              Thread::startVirtualThread);
      known = control.streamKeys().create(SHOW, KeyTerms.NONE, Actor.SYSTEM);
      unseen = control.streamKeys().create(SHOW, KeyTerms.NONE, Actor.SYSTEM);
      IssuedKey elsewhere =
          control
              .streamKeys()
              .create(
                  SHOW, new KeyTerms("", List.of("192.0.2.0/24"), Optional.empty()), Actor.SYSTEM);

      assertThat(ask(authorizer, known)).isEqualTo(accepted(known.key().id(), null));
      assertThat(ask(authorizer, CONFIGURED)).isEqualTo(accepted(null, null));
      assertThat(refusal(ask(authorizer, "made-up"))).isEqualTo("unknown-key");
      assertThat(refusal(ask(authorizer, elsewhere))).isEqualTo("network-not-allowed");

      StreamId next = control.streams().prepare(SHOW, StreamMetadata.NONE, Actor.SYSTEM).id();
      assertThat(ask(authorizer, known)).isEqualTo(accepted(known.key().id(), next));
      assertThat(ask(authorizer, CONFIGURED)).isEqualTo(accepted(null, next));
    }
    assertThat(ask(authorizer, known)).isInstanceOf(PublishDecision.Accepted.class);
    assertThat(ask(authorizer, CONFIGURED)).isEqualTo(accepted(null, null));
    assertThat(ask(authorizer, unseen))
        .isInstanceOfSatisfying(
            PublishDecision.Unavailable.class,
            away -> assertThat(away.reason()).isEqualTo("database-away"));
    assertThat(ask(authorizer, "made-up")).isInstanceOf(PublishDecision.Unavailable.class);
  }

  private static PublishDecision accepted(@Nullable StreamKeyId key, @Nullable StreamId prepared) {
    return new PublishDecision.Accepted(
        SHOW, Optional.ofNullable(key), Optional.ofNullable(prepared));
  }

  private static String refusal(PublishDecision decision) {
    return ((PublishDecision.Refused) decision).reason();
  }

  private static PublishDecision ask(ControlAuthorizer authorizer, IssuedKey key) throws Exception {
    return ask(authorizer, key.secret().value());
  }

  private static PublishDecision ask(ControlAuthorizer authorizer, String secret) throws Exception {
    return authorizer
        .authorize(
            new PublishRequest(StreamKey.of(secret, "live").orElseThrow(), "live", "127.0.0.1"))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private Control open() {
    return Control.open(
        new ControlConfig(data, DatabaseConfig.defaults(), MetricsConfig.defaults()),
        new ControlPorts(
            new InProcessStreamEvents(
                (event, failure) -> {
                  throw new AssertionError(event.toString(), failure);
                }),
            new NothingOnAir(),
            new CaffeineStreamKeyCache(clock::nanoTime),
            clock,
            clock::nanoTime,
            new SecureRandom(),
            Thread.ofVirtual().factory()));
  }

  private static final class NothingOnAir implements LiveBroadcasts {
    @Override
    public CompletionStage<Boolean> stop(StreamId stream, String reason) {
      return CompletableFuture.completedStage(false);
    }

    @Override
    public void dropKey(StreamKeyId key, String reason) {
      // Nothing is published with any.
    }
  }
}
