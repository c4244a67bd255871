package nova.control.streamkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nova.control.channel.ChannelId;
import nova.control.database.DatabaseAwayException;
import nova.control.secret.Secrets;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import org.junit.jupiter.api.Test;

/// What every [StreamKeyCache] must do; each adapter's test extends it.
public abstract class StreamKeyCacheContract {
  protected static final Bytes HASH = Secrets.sha256("secret");
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00.123456Z");

  private final AtomicInteger loads = new AtomicInteger();

  /// The cache of the test, which knows no key at first.
  protected abstract StreamKeyCache cache();

  @Test
  void key_isLoadedOnce_andAgainWhenItIsForgotten() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    assertThat(find(Optional.empty())).isEqualTo(known);
    assertThat(loads).hasValue(1);

    cache().forget(HASH);
    cache().forget(HASH);

    assertThat(find(Optional.empty())).isEmpty();
    assertThat(find(known)).as("what is not there is not kept").isEqualTo(known);
    assertThat(loads).hasValue(3);
  }

  @Test
  void everythingThatIsKnownOfAKey_isKept() {
    ChannelKey key =
        new ChannelKey(
            StreamKeyId.random(),
            ChannelId.random(),
            HASH,
            "of the \"studio\" – 演播室",
            List.of("192.0.2.0/24", "2001:db8::/32"),
            NOON,
            Optional.of(NOON.plus(Duration.ofDays(3))),
            Optional.of(NOON.plusSeconds(1)),
            Optional.of(new KeyUse(NOON.plusNanos(9_000), "2001:db8::1")));
    KnownKey known =
        new KnownKey(key, new ChannelSlug("show"), Optional.of(new StreamId("prepared1")));

    assertThat(find(Optional.of(known))).contains(known);
    assertThat(find(Optional.empty())).contains(known);
  }

  @Test
  void keys_areNotMixedUp() {
    Bytes other = Secrets.sha256("other");
    KnownKey one = known("one");
    assertThat(find(Optional.of(one))).contains(one);

    assertThat(cache().find(other, Optional::empty)).isEmpty();
    cache().forget(other);

    assertThat(find(Optional.empty())).contains(one);
  }

  @Test
  void loadThatFails_isToldAndNotKept() {
    assertThatThrownBy(
            () ->
                cache()
                    .find(
                        HASH,
                        () -> {
                          throw new DatabaseAwayException("away");
                        }))
        .isInstanceOf(DatabaseAwayException.class);
    assertThat(find(Optional.of(known("one")))).isPresent();
  }

  @Test
  void forgottenKey_isNotAnsweredByALoadThatBeganBefore() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Optional<KnownKey>> before =
        CompletableFuture.supplyAsync(
            () ->
                cache()
                    .find(
                        HASH,
                        () -> {
                          loading.countDown();
                          awaitOpen(goOn);
                          return Optional.of(known("old"));
                        }),
            Thread::startVirtualThread);
    assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> forgetting =
        CompletableFuture.runAsync(() -> cache().forget(HASH), Thread::startVirtualThread);
    goOn.countDown();
    assertThat(before.get(10, TimeUnit.SECONDS)).isPresent();
    Void _ = forgetting.get(10, TimeUnit.SECONDS);

    Optional<KnownKey> now = Optional.of(known("new"));
    assertThat(find(now)).isEqualTo(now);
  }

  protected static void awaitOpen(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  protected Optional<KnownKey> find(Optional<KnownKey> load) {
    return cache()
        .find(
            HASH,
            () -> {
              int _ = loads.incrementAndGet();
              return load;
            });
  }

  protected static KnownKey known(String channel) {
    ChannelKey key = ChannelKey.create(ChannelId.random(), HASH, KeyTerms.NONE, NOON);
    return new KnownKey(key, new ChannelSlug(channel), Optional.empty());
  }
}
