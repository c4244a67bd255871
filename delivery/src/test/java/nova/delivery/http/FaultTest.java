package nova.delivery.http;

import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nova.delivery.Broadcast;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultTest {
  private static final String MEDIA = "/hls/" + DeliveryFixture.STREAM + "/source/index.m3u8";

  private final DeliveryFixture fixture = new DeliveryFixture();
  private final Broadcast broadcast = fixture.broadcast().withVideo().segments(2).put();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void fault_whileHeldOrNot_is500InOneSentence() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(MEDIA + "?_HLS_msn=2");
    fixture.awaitHeld(1);

    fixture.timelines.put(withImpossibleSequence());

    for (HttpResponse<String> response :
        List.of(held.get(10, TimeUnit.SECONDS), fixture.get(MEDIA))) {
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body().lines()).hasSize(1);
      assertThat(response.headers().firstValue("access-control-allow-origin")).contains("*");
    }
    assertThat(fixture.metrics.failures).hasValue(2);
    assertThat(fixture.metrics.held).hasValue(0);
  }

  @Test
  void heldRequests_ofAnHttp2ClientThatLeaves_areForgotten() throws Exception {
    try (HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<HttpResponse<String>> held =
            http2.sendAsync(
                fixture.request(MEDIA + "?_HLS_msn=2").build(),
                HttpResponse.BodyHandlers.ofString());
        fixture.awaitHeld(1);
        held.cancel(true); // resets the stream
        fixture.awaitHeld(0);
      }
      CompletableFuture<HttpResponse<String>> held =
          http2.sendAsync(
              fixture.request(MEDIA + "?_HLS_msn=2&_HLS_part=0").build(),
              HttpResponse.BodyHandlers.ofString());
      fixture.awaitHeld(1);
      broadcast.part(VIDEO).put();
      assertThat(held.get(10, TimeUnit.SECONDS).version()).isEqualTo(HttpClient.Version.HTTP_2);
    }
  }

  /// A discontinuity sequence below zero, which no playlist can tell.
  private TimelineSnapshot withImpossibleSequence() {
    broadcast.segment(VIDEO);
    TimelineSnapshot good = broadcast.snapshot();
    RenditionTimeline rendition = good.renditions().getFirst();
    return new TimelineSnapshot(
        good.stream(),
        good.channel(),
        good.version(),
        good.state(),
        good.startedAt(),
        Optional.empty(),
        List.of(
            new RenditionTimeline(
                rendition.id(),
                rendition.format(),
                true,
                rendition.version(),
                rendition.timescale(),
                rendition.partTarget(),
                4,
                true,
                -1,
                rendition.segments())));
  }
}
