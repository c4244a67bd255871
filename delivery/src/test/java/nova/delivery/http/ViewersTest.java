package nova.delivery.http;

import static nova.delivery.Broadcast.AUDIO;
import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.QualitySwitched;
import nova.core.StreamEvent.ViewerJoined;
import nova.core.StreamId;
import nova.core.ViewerCount;
import nova.delivery.Broadcast;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who counts as a viewer, on real routes.
class ViewersTest {
  private static final String ID = DeliveryFixture.STREAM;
  private static final String PLAYLIST = "/hls/" + ID + "/source/index.m3u8";

  private final DeliveryFixture fixture = new DeliveryFixture();
  private final Broadcast broadcast = fixture.broadcast().withVideo().withAudio().segments(2).put();

  @AfterEach
  void close() {
    fixture.close();
  }

  private ViewerCount count() {
    fixture.sessions().tell();
    return fixture.viewers.count(new StreamId(ID));
  }

  private void get(String path, String... headers) throws Exception {
    assertThat(fixture.get(path, headers).statusCode()).as(path).isEqualTo(200);
  }

  @Test
  void mediaPlaylists_ofAllRenditions_areAskedForByOneViewer() throws Exception {
    get(PLAYLIST, "User-Agent", "a");
    get("/hls/" + ID + "/audio/index.m3u8", "User-Agent", "a");
    get("/hls/" + DeliveryFixture.CHANNEL + "/source/index.m3u8", "User-Agent", "a");

    assertThat(count()).isEqualTo(new ViewerCount(0, 1));
  }

  @Test
  void sessions_areNamed_byHeaderOrQuery() throws Exception {
    get(PLAYLIST, "CMCD-Session", "sid=\"one\",v=2");
    get(PLAYLIST, "cmcd-session", "sid=\"one\"");
    get(PLAYLIST + "?CMCD=sid%3D%22two%22");
    get(PLAYLIST + "?_HLS_msn=1&CMCD=sid%3D%22two%22%2Cv%3D2");
    assertThat(count()).isEqualTo(new ViewerCount(2, 0));

    // Where there is a header, the query does not count.
    get(PLAYLIST + "?CMCD=sid%3D%22three%22", "CMCD-Session", "sid=\"two\"");
    get(PLAYLIST + "?CMCD=sid%3D%22three%22", "CMCD-Request", "bl=1000");
    assertThat(count()).isEqualTo(new ViewerCount(2, 1));
  }

  @Test
  void malformedNames_areAnsweredAllTheSame_andCounted() throws Exception {
    get(PLAYLIST, "CMCD-Session", "sid=\"open");
    get(PLAYLIST + "?CMCD=sid%3Dtoken", "User-Agent", "b");

    assertThat(count()).isEqualTo(new ViewerCount(0, 2));
    assertThat(fixture.metrics.count("malformed cmcd")).isEqualTo(2);
  }

  @Test
  void whoAsksForAnythingElse_isNoViewer() throws Exception {
    get("/hls/" + ID + "/index.m3u8");
    get("/media/" + ID + "/source/0/init.mp4");
    get("/media/" + ID + "/source/0/0.m4s");
    HttpResponse<Void> head =
        fixture.client.send(
            fixture.request(PLAYLIST).method("HEAD", BodyPublishers.noBody()).build(),
            BodyHandlers.discarding());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(fixture.get(PLAYLIST + "?_HLS_msn=x").statusCode()).isEqualTo(400);
    assertThat(fixture.get(PLAYLIST + "?_HLS_msn=99").statusCode()).isEqualTo(400);

    assertThat(count()).isEqualTo(ViewerCount.NONE);
  }

  @Test
  void viewerWhoseRequestIsHeld_countsAtOnce() throws Exception {
    CompletableFuture<HttpResponse<String>> held =
        fixture.getAsync(PLAYLIST + "?_HLS_msn=2&_HLS_part=0");
    fixture.awaitHeld(1);
    assertThat(count()).isEqualTo(new ViewerCount(0, 1));

    broadcast.part(VIDEO).part(AUDIO).put();
    assertThat(held.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void streamThatIsOver_hasNoViewers() throws Exception {
    broadcast.state(TimelineState.ENDED).put();
    get(PLAYLIST);

    assertThat(count()).isEqualTo(ViewerCount.NONE);
  }

  @Test
  void whatViewersDo_isToldAsEvents_withoutTheirNamesAndAddresses() throws Exception {
    RenditionId rung = new RenditionId("480p");
    broadcast.withRung(rung, 480, 1_000_000).segment(rung).put();
    String low = "/hls/" + ID + "/480p/index.m3u8";
    List<StreamEvent> told = new ArrayList<>();
    fixture.events.subscribe(told::add);

    get(PLAYLIST, "CMCD-Session", "sid=\"session-name\"");
    get("/hls/" + ID + "/audio/index.m3u8", "CMCD-Session", "sid=\"session-name\"");
    fixture.sessions().tell();
    get(low, "CMCD-Session", "sid=\"session-name\"");
    fixture.sessions().tell();

    assertThat(told).hasExactlyElementsOfTypes(ViewerJoined.class, QualitySwitched.class);
    QualitySwitched switched = (QualitySwitched) told.getLast();
    assertThat(switched.from()).isEqualTo(VIDEO);
    assertThat(switched.to()).isEqualTo(rung);
    assertThat(told.toString()).doesNotContain("session-name").doesNotContain("127.0.0.1");
  }
}
