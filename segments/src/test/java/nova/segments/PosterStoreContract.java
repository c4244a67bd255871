package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

/// What every [PosterStore] must do; each adapter's test extends it.
public abstract class PosterStoreContract {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final StreamId OTHER = new StreamId("stream2");
  private static final StreamId THIRD = new StreamId("stream3");
  private static final Instant BEGIN = Instant.parse("2026-11-01T12:00:00Z");

  /// A new, empty store with these caps, of which the second is a multiple of the first.
  protected abstract PosterStore newStore(int maxPosterBytes, int maxBytes);

  private PosterStore newStore() {
    return newStore(1024, 4096);
  }

  private static Poster poster(int second, int length) {
    byte[] jpeg = new byte[length];
    jpeg[0] = (byte) second;
    return new Poster(Bytes.wrap(jpeg), BEGIN.plusSeconds(second));
  }

  @Test
  void poster_isFoundAsSoonAsItWasPut_untilALaterOneIs() {
    PosterStore store = newStore();
    assertThat(store.find(STREAM)).isEmpty();

    assertThat(store.put(STREAM, poster(1, 10))).isTrue();
    assertThat(store.find(STREAM)).contains(poster(1, 10));
    assertThat(store.find(OTHER)).isEmpty();

    assertThat(store.put(STREAM, poster(2, 20))).isTrue();
    assertThat(store.find(STREAM)).contains(poster(2, 20));
    assertThat(store.sizeBytes()).isEqualTo(20);
  }

  @Test
  void posterThatIsNotLater_changesNothing() {
    PosterStore store = newStore();
    store.put(STREAM, poster(2, 10));

    assertThat(store.put(STREAM, poster(1, 20))).isFalse();
    assertThat(store.put(STREAM, poster(2, 20))).isFalse();

    assertThat(store.find(STREAM)).contains(poster(2, 10));
    assertThat(store.sizeBytes()).isEqualTo(10);
  }

  @Test
  void posterAboveTheCap_changesNothing() {
    PosterStore store = newStore();
    store.put(STREAM, poster(1, 1024));

    assertThat(store.put(STREAM, poster(2, 1025))).isFalse();

    assertThat(store.find(STREAM)).contains(poster(1, 1024));
  }

  @Test
  void fullStore_dropsThePosterThatWasPutLongestAgo() {
    PosterStore store = newStore(1024, 2048);
    store.put(STREAM, poster(1, 1024));
    store.put(OTHER, poster(1, 1024));
    store.put(STREAM, poster(2, 1024));

    store.put(THIRD, poster(1, 1024));

    assertThat(store.find(OTHER)).isEmpty();
    assertThat(store.find(STREAM)).contains(poster(2, 1024));
    assertThat(store.find(THIRD)).contains(poster(1, 1024));
    assertThat(store.sizeBytes()).isEqualTo(2048);
  }

  @Test
  void removedStream_hasNoPoster_andTheOthersKeepTheirs() {
    PosterStore store = newStore();
    store.put(STREAM, poster(1, 10));
    store.put(OTHER, poster(1, 20));

    store.remove(STREAM);
    store.remove(STREAM);

    assertThat(store.find(STREAM)).isEmpty();
    assertThat(store.find(OTHER)).isPresent();
    assertThat(store.sizeBytes()).isEqualTo(20);
  }

  @Test
  void anyPutsAndRemoves_keepTheLatestAndTheCaps() {
    Seeds.each(
        200,
        random -> {
          PosterStore store = newStore(1024, 4096);
          Map<StreamId, Poster> latest = new HashMap<>();
          for (int i = 0; i < 100; i++) {
            StreamId stream = new StreamId("stream" + random.nextInt(10));
            if (random.nextInt(10) == 0) {
              store.remove(stream);
              latest.remove(stream);
            } else {
              Poster poster = poster(random.nextInt(100), 1 + random.nextInt(1200));
              if (store.put(stream, poster)) {
                latest.put(stream, poster);
              }
            }
            long held = 0;
            for (var entry : latest.entrySet()) {
              Poster found = store.find(entry.getKey()).orElse(null);
              if (found != null) {
                assertThat(found).isEqualTo(entry.getValue());
                held += found.jpeg().length();
              }
            }
            assertThat(store.sizeBytes()).isEqualTo(held).isLessThanOrEqualTo(4096);
          }
        });
  }
}
