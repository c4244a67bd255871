package nova.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.delivery.Broadcast;
import nova.segments.Poster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PosterRouteTest {
  private static final StreamId STREAM = new StreamId(DeliveryFixture.STREAM);
  private static final String PATH = "/media/" + DeliveryFixture.STREAM + "/poster.jpg";
  private static final Bytes JPEG = Bytes.ofHex("ffd8ffd9");

  private final DeliveryFixture fixture = new DeliveryFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private void put(int second, Bytes jpeg) {
    if (fixture.timelines.find(STREAM).isEmpty()) {
      Broadcast _ = fixture.broadcast().withVideo().segments(1).put();
    }
    fixture.posters.put(STREAM, new Poster(jpeg, fixture.clock.instant().plusSeconds(second)));
  }

  @Test
  void poster_isTheLatest_forPagesOfAnyOrigin() throws Exception {
    put(0, Bytes.ofHex("00"));
    put(5, JPEG);

    HttpResponse<byte[]> answer =
        fixture.client.send(fixture.request(PATH).build(), BodyHandlers.ofByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Bytes.wrap(answer.body())).isEqualTo(JPEG);
    assertThat(answer.headers().firstValue("content-type")).contains("image/jpeg");
    assertThat(answer.headers().firstValue("cache-control")).contains("public, max-age=5");
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(fixture.get(PATH + "?t=1").statusCode()).isEqualTo(200);
  }

  @Test
  void head_hasTheLengthAndNoBody() throws Exception {
    put(0, JPEG);

    HttpResponse<String> head =
        fixture.client.send(
            fixture.request(PATH).method("HEAD", BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("content-length")).contains("4");
    assertThat(head.body()).isEmpty();
  }

  @Test
  void posterThatIsKnown_isNotSentAgain_untilThereIsAnother() throws Exception {
    put(0, JPEG);
    String etag = fixture.get(PATH).headers().firstValue("etag").orElseThrow();

    HttpResponse<String> same = fixture.get(PATH, "If-None-Match", etag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.headers().firstValue("etag")).contains(etag);
    assertThat(same.headers().firstValue("cache-control")).contains("public, max-age=5");

    put(5, Bytes.ofHex("ffd8ff"));
    assertThat(fixture.get(PATH, "If-None-Match", etag).statusCode()).isEqualTo(200);
  }

  @Test
  void streamWithoutAPoster_isA404InOneSentence() throws Exception {
    Broadcast _ = fixture.broadcast().withVideo().segments(1).put();

    HttpResponse<String> none = fixture.get(PATH);

    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.body()).isEqualTo("This stream has no poster, or none yet.\n");
    assertThat(none.headers().firstValue("cache-control")).contains("public, max-age=1");
  }

  @Test
  void unknownStreamsAndOtherPaths_are404_andPastStreamsAreGone() throws Exception {
    put(0, JPEG);
    for (String path :
        new String[] {
          "/media/abcd2345efgh0000/poster.jpg",
          "/media/UPPER/poster.jpg",
          PATH + "/",
          PATH + "/0",
          "/media/poster.jpg",
          PATH.replace(".jpg", ".png")
        }) {
      assertThat(fixture.get(path).statusCode()).as(path).isEqualTo(404);
    }
    Broadcast _ = fixture.broadcast("past2345efgh6789").withVideo().segments(1).put();
    fixture.timelines.remove(new StreamId("past2345efgh6789"));
    assertThat(fixture.get("/media/past2345efgh6789/poster.jpg").statusCode()).isEqualTo(410);
  }
}
