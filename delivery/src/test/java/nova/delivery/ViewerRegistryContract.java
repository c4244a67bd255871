package nova.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
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

  /// What was told of it.
  protected final List<ViewerChange> changes = new CopyOnWriteArrayList<>();

  /// The registry of the test, in which nobody watches at first.
  protected abstract ViewerRegistry registry();

  /// Waits until so many watch a stream, or fails.
  protected abstract void awaitCount(StreamId stream, ViewerCount count);

  /// Lets less time pass than viewers are kept, but more than half of it.
  protected abstract void letMostOfTheTimePass();

  private void see(Map<StreamId, List<ViewerId>> viewers) {
    registry().seen(viewers, changes::add);
  }

  /// Waits until so much is told, and gives it.
  private List<ViewerChange> awaitChanges(int count) {
    await().until(() -> changes.size() >= count);
    return List.copyOf(changes);
  }

  @Test
  void whoComes_isToldOnce_andSoIsWhoLeaves() {
    see(Map.of(STREAM, List.of(NAMED, GUESSED)));
    assertThat(awaitChanges(2))
        .containsExactlyInAnyOrder(
            new ViewerChange.Came(STREAM, NAMED), new ViewerChange.Came(STREAM, GUESSED));

    letMostOfTheTimePass();
    see(Map.of(STREAM, List.of(NAMED)));
    letMostOfTheTimePass();
    see(Map.of(STREAM, List.of(NAMED)));

    ViewerChange gone = awaitChanges(3).getLast();
    assertThat(gone).isInstanceOf(ViewerChange.Left.class);
    assertThat(gone.stream()).isEqualTo(STREAM);
    assertThat(gone.viewer()).isEqualTo(GUESSED);
  }

  @Test
  void lastViewer_isToldToHaveLeft_whenTheStreamIsLookedAt_andMayComeAgain() {
    see(Map.of(STREAM, List.of(NAMED)));
    ViewerChange came = new ViewerChange.Came(STREAM, NAMED);
    assertThat(awaitChanges(1)).containsExactly(came);
    letMostOfTheTimePass();
    see(Map.of(STREAM, List.of(NAMED)));
    letMostOfTheTimePass();
    letMostOfTheTimePass();

    see(Map.of(STREAM, List.of()));
    assertThat(awaitChanges(2).getLast())
        .isInstanceOfSatisfying(
            ViewerChange.Left.class,
            left -> assertThat(left.watched()).isGreaterThanOrEqualTo(Duration.ZERO));
    see(Map.of(STREAM, List.of(NAMED)));
    assertThat(awaitChanges(3).getLast()).isEqualTo(came);
  }

  @Test
  void viewers_areCountedOnce_apartAndPerStream() {
    awaitCount(STREAM, ViewerCount.NONE);

    see(
        Map.of(
            STREAM,
            List.of(NAMED, GUESSED, new ViewerId(2, false)),
            OTHER,
            List.of(new ViewerId(1, false), NAMED)));
    see(Map.of(STREAM, List.of(GUESSED, NAMED)));

    awaitCount(STREAM, new ViewerCount(1, 2));
    awaitCount(OTHER, new ViewerCount(1, 1));
  }

  @Test
  void viewers_whoAreSeenNoMore_leave_andOthersStay() {
    see(Map.of(STREAM, List.of(NAMED, GUESSED), OTHER, List.of(GUESSED)));
    awaitCount(STREAM, new ViewerCount(1, 1));

    letMostOfTheTimePass();
    see(Map.of(STREAM, List.of(NAMED)));
    letMostOfTheTimePass();
    see(Map.of());

    awaitCount(STREAM, new ViewerCount(1, 0));
    awaitCount(OTHER, ViewerCount.NONE);
  }

  @Test
  void manyViewers_areAllCounted() {
    List<ViewerId> many =
        LongStream.range(0, 3_001)
            .mapToObj(i -> new ViewerId(i * 0x9e3779b97f4a7c15L, i % 3 == 0))
            .toList();
    see(Map.of(STREAM, many));

    awaitCount(STREAM, new ViewerCount(1_001, 2_000));
  }

  @Test
  void manyViewersWhoLeave_areAllToldOf() {
    List<ViewerId> many =
        LongStream.range(0, 1_203).mapToObj(i -> new ViewerId(i, i % 3 == 0)).toList();
    see(Map.of(STREAM, many));
    List<ViewerChange> _ = awaitChanges(1_203);
    letMostOfTheTimePass();
    letMostOfTheTimePass();

    see(Map.of(STREAM, List.of()));
    List<ViewerChange> all = awaitChanges(2_406);
    assertThat(all.subList(1_203, 2_406))
        .hasOnlyElementsOfType(ViewerChange.Left.class)
        .extracting(ViewerChange::viewer)
        .containsExactlyInAnyOrderElementsOf(many);
  }

  @Test
  void salt_staysTheSame_andIsLongEnough() {
    Bytes salt = registry().salt();

    assertThat(salt.length()).isEqualTo(ViewerRegistry.SALT_BYTES);
    assertThat(registry().salt()).isEqualTo(salt);
    assertThat(salt.toHex()).isNotEqualTo("00".repeat(ViewerRegistry.SALT_BYTES));
  }
}
