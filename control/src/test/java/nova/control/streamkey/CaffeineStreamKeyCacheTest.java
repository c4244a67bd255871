package nova.control.streamkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
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
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class CaffeineStreamKeyCacheTest {
  private static final Bytes HASH = Secrets.sha256("secret");

  private final FakeClock clock = new FakeClock();
  private final StreamKeyCache cache = new CaffeineStreamKeyCache(clock::nanoTime);
  private final AtomicInteger loads = new AtomicInteger();

  @Test
  void key_isLoadedOnce_andAgainAfterADay_orWhenItIsForgotten() {
    Optional<KnownKey> known = Optional.of(known());
    assertThat(find(known)).isEqualTo(known);
    clock.advance(Duration.ofHours(23));
    assertThat(find(Optional.empty())).isEqualTo(known);
    clock.advance(Duration.ofHours(2));
    assertThat(find(known)).isEqualTo(known);
    assertThat(loads).hasValue(2);
    cache.forget(HASH);
    cache.forget(HASH);
    assertThat(find(Optional.empty())).isEmpty();
    assertThat(find(known)).as("what is not there is not kept").isEqualTo(known);
    assertThat(loads).hasValue(4);
  }

  @Test
  void loadThatFails_isToldAndNotKept() {
    assertThatThrownBy(
            () ->
                cache.find(
                    HASH,
                    () -> {
                      throw new DatabaseAwayException("away");
                    }))
        .isInstanceOf(DatabaseAwayException.class);
    assertThat(find(Optional.of(known()))).isPresent();
  }

  @Test
  void forgottenKey_isNotAnsweredByALoadThatBeganBefore() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Optional<KnownKey>> before =
        CompletableFuture.supplyAsync(
            () ->
                cache.find(
                    HASH,
                    () -> {
                      loading.countDown();
                      await(goOn);
                      return Optional.of(known());
                    }),
            Thread::startVirtualThread);
    assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> forgetting =
        CompletableFuture.runAsync(() -> cache.forget(HASH), Thread::startVirtualThread);
    goOn.countDown();
    assertThat(before.get(10, TimeUnit.SECONDS)).isPresent();
    Void _ = forgetting.get(10, TimeUnit.SECONDS);
    assertThat(find(Optional.empty())).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<KnownKey> find(Optional<KnownKey> load) {
    return cache.find(
        HASH,
        () -> {
          int _ = loads.incrementAndGet();
          return load;
        });
  }

  private KnownKey known() {
    ChannelKey key = ChannelKey.create(ChannelId.random(), HASH, KeyTerms.NONE, clock.instant());
    return new KnownKey(key, new ChannelSlug("show"), Optional.empty());
  }
}
