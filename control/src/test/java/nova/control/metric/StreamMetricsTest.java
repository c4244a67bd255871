package nova.control.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.control.database.ConflictException;
import nova.control.database.TestDatabase;
import nova.control.error.InvalidFieldException;
import nova.core.StreamHealth;
import nova.core.StreamId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamMetricsTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final StreamId OTHER = new StreamId("stream2");
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration TEN = Duration.ofSeconds(10);

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final StreamMetricsPartitions partitions = new StreamMetricsPartitions();

  @BeforeEach
  void empty() {
    DATABASE.useTransaction(
        handle -> {
          for (var day : partitions.days(handle)) {
            int _ = handle.execute("DROP TABLE stream_metrics_" + day.toString().replace("-", ""));
          }
        });
  }

  private StreamMetrics metrics() {
    return new StreamMetrics(DATABASE.database(), new StreamMetricsRepository(), partitions);
  }

  private static StreamMetric metric(StreamId stream, Instant at, long bitrate, long counted) {
    return new StreamMetric(
        stream,
        at,
        new StreamHealth(
            bitrate, 128_000, 29.5, 2_000, counted * 1_000, counted, counted / 10, 3, List.of()),
        Optional.empty());
  }

  private static StreamMetric watched(Instant at, int viewers, int stalled, long delivered) {
    StreamMetric metric = metric(STREAM, at, 1, 1);
    return new StreamMetric(
        STREAM, at, metric.health(), Optional.of(new Audience(viewers, stalled, delivered)));
  }

  @Test
  void series_hasAveragesOfRatesAndTheLastOfCounts_perStep() {
    metrics()
        .add(
            List.of(
                metric(STREAM, NOON.plusSeconds(9), 3_000_000, 600),
                metric(STREAM, NOON, 1_000_000, 100),
                metric(STREAM, NOON.plusSeconds(5), 2_000_000, 300),
                metric(STREAM, NOON.plusSeconds(30), 5_000_000, 900),
                metric(OTHER, NOON.plusSeconds(1), 9_000_000, 9_000)));

    assertThat(metrics().series(STREAM, NOON, NOON.plusSeconds(60), TEN))
        .containsExactly(
            new MetricPoint(
                NOON, 2_000_000, 128_000, 29.5, 2_000, 600_000, 600, 3, 60, Optional.empty()),
            new MetricPoint(
                NOON.plusSeconds(30),
                5_000_000,
                128_000,
                29.5,
                2_000,
                900_000,
                900,
                3,
                90,
                Optional.empty()));
  }

  @Test
  void viewers_areTheMostOfAStep_andUnknownWhereNobodyCounts() {
    metrics()
        .add(
            List.of(
                watched(NOON, 10, 4, 1_000),
                watched(NOON.plusSeconds(1), 30, 2, 3_000),
                metric(STREAM, NOON.plusSeconds(2), 1, 1),
                metric(STREAM, NOON.plusSeconds(10), 1, 1)));

    assertThat(metrics().series(STREAM, NOON, NOON.plusSeconds(20), TEN))
        .extracting(MetricPoint::audience)
        .containsExactly(Optional.of(new Audience(30, 4, 2_000)), Optional.empty());
  }

  @Test
  void range_hasItsBeginAndNotItsEnd_andStepsDoNotMoveWithIt() {
    List<StreamMetric> each = new ArrayList<>();
    for (int second = 0; second < 30; second++) {
      each.add(metric(STREAM, NOON.plusSeconds(second), second, second));
    }
    metrics().add(each);

    List<MetricPoint> points =
        metrics().series(STREAM, NOON.plusSeconds(4), NOON.plusSeconds(14), TEN);

    assertThat(points).extracting(MetricPoint::at).containsExactly(NOON, NOON.plusSeconds(10));
    assertThat(points).extracting(MetricPoint::receivedFrames).containsExactly(9L, 13L);
  }

  @Test
  void sameMetricsAgain_changeNothing_alsoBesideNewOnes() {
    StreamMetric first = metric(STREAM, NOON, 1_000, 1);
    metrics().add(List.of(first));
    metrics()
        .add(List.of(metric(STREAM, NOON, 9_000, 9), metric(STREAM, NOON.plusSeconds(1), 2, 2)));

    assertThat(metrics().series(STREAM, NOON, NOON.plusSeconds(2), Duration.ofSeconds(1)))
        .extracting(MetricPoint::videoBitrateBps)
        .containsExactly(1_000L, 2L);
  }

  @Test
  void metricsOfDaysWithoutTables_areKept_onBothSidesOfMidnightInUtc() {
    Instant midnight = Instant.parse("2031-03-30T00:00:00Z"); // a night of clock changes elsewhere
    metrics()
        .add(
            List.of(
                metric(STREAM, midnight.minusNanos(1_000), 1, 1), metric(STREAM, midnight, 2, 2)));

    assertThat(DATABASE.<List<?>>inTransaction(partitions::days))
        .hasToString("[2031-03-29, 2031-03-30]");
    assertThat(metrics().series(STREAM, midnight.minusSeconds(1), midnight.plusSeconds(1), TEN))
        .extracting(MetricPoint::at)
        .containsExactly(midnight.minusSeconds(10), midnight);
  }

  @Test
  void nothingMeasured_isAnEmptySeries() {
    metrics().add(List.of());
    assertThat(metrics().series(STREAM, NOON, NOON.plusSeconds(1), TEN)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2000|  1s| |",
        "2001|  1s| step | A step of 1 s makes 2001 points (expected: at most 2000); ask for 2 s or"
            + " more, or for less time.",
        "86400|10s| step | ask for 44 s or more",
        "86400|44s| |",
        "60|  0s| step | whole seconds, at least 1",
        "60| -1s| step | whole seconds, at least 1",
        "60|1.5s| step | whole seconds, at least 1",
        "0|   1s| until | later than since",
        "-5|  1s| until | later than since",
        "999999999999|86400s| until | 9000-01-01",
      })
  void range_isAnsweredOrRefusedWithTheField(
      long seconds, String step, String field, String sentence) {
    Duration length = Duration.parse("PT" + step);
    if (field == null) {
      assertThat(metrics().series(STREAM, NOON, NOON.plusSeconds(seconds), length)).isEmpty();
    } else {
      assertThatThrownBy(() -> metrics().series(STREAM, NOON, NOON.plusSeconds(seconds), length))
          .isInstanceOfSatisfying(
              InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo(field))
          .hasMessageContaining(sentence);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "frame_rate = 'NaN'",
        "frame_rate = 'Infinity'",
        "frame_rate = -1",
        "received_frames = -1",
        "stream_id = 'Not a stream'",
        "viewers = 1",
        "viewers = 1, stalled_viewers = 2, delivered_bps = 0",
        "viewers = 1, stalled_viewers = 0, delivered_bps = -1",
        "stalled_viewers = 0, delivered_bps = 0",
      })
  void stateThatCannotBe_isRefusedByTheSchema(String assignments) {
    metrics().add(List.of(metric(STREAM, NOON, 1, 1)));
    assertThatThrownBy(
            () ->
                DATABASE.useTransaction(
                    handle -> handle.execute("UPDATE stream_metrics SET " + assignments)))
        .isInstanceOf(ConflictException.class);
  }
}
