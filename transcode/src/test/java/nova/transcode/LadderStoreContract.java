package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import org.junit.jupiter.api.Test;

/// What every [LadderStore] must do that other processes ask; each adapter's test extends it.
public abstract class LadderStoreContract {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  protected final StreamId stream = StreamId.random(new Random());

  /// The store of a process that carries a stream from now on.
  protected abstract LadderStore storeOf(StreamId carried);

  /// The store of another process.
  protected abstract LadderStore elsewhere();

  @Test
  void ladder_isFoundElsewhere_asItWasPut() {
    LadderStore store = storeOf(stream);
    store.put(stream, ladder(1_000_000));

    awaitFound(Optional.of(ladder(1_000_000)));
    assertThat(store.find(stream)).contains(ladder(1_000_000));
  }

  @Test
  void ladderThatIsPutAgain_isReplaced() {
    LadderStore store = storeOf(stream);
    store.put(stream, ladder(1_000_000));
    store.put(stream, ladder(2_000_000));

    awaitFound(Optional.of(ladder(2_000_000)));
  }

  @Test
  void removedLadder_isNotFound_andCanBeRemovedAgain_andPutAgain() {
    LadderStore store = storeOf(stream);
    store.put(stream, ladder(1_000_000));
    awaitFound(Optional.of(ladder(1_000_000)));

    store.remove(stream);
    store.remove(stream);

    awaitFound(Optional.empty());
    store.put(stream, ladder(3_000_000));
    awaitFound(Optional.of(ladder(3_000_000)));
  }

  @Test
  void streams_haveLaddersOfTheirOwn() {
    StreamId other = StreamId.random(new Random());
    LadderStore store = storeOf(stream);
    store.put(stream, ladder(1_000_000));
    awaitFound(Optional.of(ladder(1_000_000)));
    assertThat(elsewhere().find(other)).isEmpty();

    storeOf(other).remove(other);

    assertThat(elsewhere().find(stream)).contains(ladder(1_000_000));
  }

  private void awaitFound(Optional<RunningLadder> expected) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!elsewhere().find(stream).equals(expected)) {
      assertThat(Instant.now()).as("%s is found", expected).isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  protected static RunningLadder ladder(long bitrateBps) {
    Rung rung = new Rung(new RenditionId("480p"), 854, 480, 1, bitrateBps, bitrateBps);
    return new RunningLadder(
        new LadderPlan(true, null, List.of(rung), "as planned"),
        null,
        30,
        EncoderPreset.VERYFAST,
        List.of(rung));
  }
}
