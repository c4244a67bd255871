package nova.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.core.ViewerCount;
import org.junit.jupiter.api.Test;

/// What every [ViewerRegistry] must do; each adapter's test extends it.
public abstract class ViewerRegistryContract {
  protected static final StreamId STREAM = new StreamId("abcd2345efgh6789");
  protected static final StreamId OTHER = new StreamId("other2345efgh678");
  protected static final ViewerId NAMED = new ViewerId(1, true);
  protected static final ViewerId GUESSED = new ViewerId(Long.MIN_VALUE, false);

  /// The registry of the test, in which nobody watches at first.
  protected abstract ViewerRegistry registry();

  /// Waits until so many watch a stream, or fails.
  protected abstract void awaitCount(StreamId stream, ViewerCount count);

  /// Lets less time pass than viewers are kept, but more than half of it.
  protected abstract void letMostOfTheTimePass();

  @Test
  void viewers_areCountedOnce_apartAndPerStream() {
    awaitCount(STREAM, ViewerCount.NONE);

    registry()
        .seen(
            Map.of(
                STREAM,
                List.of(NAMED, GUESSED, new ViewerId(2, false)),
                OTHER,
                List.of(new ViewerId(1, false), NAMED)));
    registry().seen(Map.of(STREAM, List.of(GUESSED, NAMED)));

    awaitCount(STREAM, new ViewerCount(1, 2));
    awaitCount(OTHER, new ViewerCount(1, 1));
  }

  @Test
  void viewers_whoAreSeenNoMore_leave_andOthersStay() {
    registry().seen(Map.of(STREAM, List.of(NAMED, GUESSED), OTHER, List.of(GUESSED)));
    awaitCount(STREAM, new ViewerCount(1, 1));

    letMostOfTheTimePass();
    registry().seen(Map.of(STREAM, List.of(NAMED)));
    letMostOfTheTimePass();
    registry().seen(Map.of());

    awaitCount(STREAM, new ViewerCount(1, 0));
    awaitCount(OTHER, ViewerCount.NONE);
  }

  @Test
  void manyViewers_areAllCounted() {
    List<ViewerId> many =
        LongStream.range(0, 3_001)
            .mapToObj(i -> new ViewerId(i * 0x9e3779b97f4a7c15L, i % 3 == 0))
            .toList();
    registry().seen(Map.of(STREAM, many));

    awaitCount(STREAM, new ViewerCount(1_001, 2_000));
  }

  @Test
  void salt_staysTheSame_andIsLongEnough() {
    Bytes salt = registry().salt();

    assertThat(salt.length()).isEqualTo(ViewerRegistry.SALT_BYTES);
    assertThat(registry().salt()).isEqualTo(salt);
    assertThat(salt.toHex()).isNotEqualTo("00".repeat(ViewerRegistry.SALT_BYTES));
  }
}
