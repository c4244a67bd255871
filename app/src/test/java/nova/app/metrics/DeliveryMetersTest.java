package nova.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nova.delivery.Refusal;
import nova.delivery.RequestKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryMetersTest {
  private final Metrics metrics = new Metrics();
  private final DeliveryMeters meters = new DeliveryMeters(metrics);

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void nothing_is_listed_before_it_happens() {
    assertThat(series()).isEmpty();
  }

  @Test
  void what_happened_is_listed_and_nothing_beside_it() {
    meters.answered(RequestKind.SEGMENT, 200, 1_000);
    meters.answered(RequestKind.SEGMENT, 206, 500);
    meters.answered(RequestKind.PART, 404, 0);
    meters.refused(Refusal.HELD_TOO_LONG);
    meters.playlistRendered(RequestKind.MEDIA_PLAYLIST, 900, 300);

    assertThat(series())
        .containsExactlyInAnyOrder(
            "nova_delivery_answers_total{kind=\"segment\",status=\"2xx\"} 2.0",
            "nova_delivery_sent_bytes_total{kind=\"segment\"} 1500.0",
            "nova_delivery_answers_total{kind=\"part\",status=\"4xx\"} 1.0",
            "nova_delivery_refused_total{reason=\"held-too-long\"} 1.0",
            "nova_delivery_renders_total{kind=\"media-playlist\"} 1.0");
  }

  @Test
  void held_requests_are_counted_now_and_timed_when_they_end() {
    meters.holdStarted(RequestKind.PART);
    meters.holdStarted(RequestKind.PART);
    meters.holdEnded(RequestKind.PART, 200_000_000);

    assertThat(series())
        .contains(
            "nova_delivery_holding{kind=\"part\"} 1.0",
            "nova_delivery_held_seconds_count{kind=\"part\"} 1",
            "nova_delivery_held_seconds_bucket{kind=\"part\",le=\"0.334\"} 1")
        .allMatch(line -> line.contains("kind=\"part\""));
  }

  private List<String> series() {
    return metrics.scrape().lines().filter(line -> line.startsWith("nova_delivery_")).toList();
  }
}
