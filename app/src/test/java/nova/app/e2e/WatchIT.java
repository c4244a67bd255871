package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import nova.app.e2e.WatchedPage.Look;
import nova.app.process.NovaProcess;
import nova.app.process.RunningNova;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The main job as a person does it: start, publish, watch in a browser.
@Tag("cluster")
class WatchIT {

  @TempDir private Path directory;

  @OneProcess("the demo is a server that publishes to itself")
  @Test
  void demo_watchedInChromium_playsVideoAndAudioCloseToLive() throws Exception {
    try (NovaProcess nova = NovaProcess.serve(directory, "demo");
        Chromium chromium = new Chromium()) {
      String watch =
          Pattern.compile("\\s+")
              .splitAsStream(nova.awaitOut("/watch/"))
              .filter(word -> word.startsWith("http://") && word.contains("/watch/"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no watch URL"));
      WatchedPage page = new WatchedPage(chromium.open(watch, 640, 480));
      page.awaitPlaying();
      TimeUnit.SECONDS.sleep(5); // the player settles at its distance from the live edge

      Look before = page.look();
      long start = System.nanoTime();
      List<Double> latencies = new ArrayList<>();
      for (int second = 0; second < 30; second++) {
        TimeUnit.SECONDS.sleep(1);
        latencies.add(page.look().latency());
      }
      Look after = page.look();
      double elapsed = (System.nanoTime() - start) / 1e9;

      assertThat(after.stalls() - before.stalls()).as("stalls in 30 s; %s", after).isZero();
      assertThat(after.currentTime() - before.currentTime())
          .as("currentTime follows the clock")
          .isCloseTo(elapsed, within(1.5));
      assertThat(after.videoBytes()).as("video decoded").isGreaterThan(before.videoBytes());
      assertThat(after.audioBytes()).as("audio decoded").isGreaterThan(before.audioBytes());
      assertThat(after.state()).isEqualTo("live");
      Collections.sort(latencies);
      assertThat(latencies.get(latencies.size() / 2))
          .as("seconds behind live, half of the time; %s", latencies)
          .isBetween(0.1, 2.0);
    }
  }

  @Test
  void page_openedBeforeTheBroadcast_startsByItselfAndSaysWhenItIsOver() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "640x360", 60, 10);
    try (RunningNova nova = RunningNova.start(directory);
        Chromium chromium = new Chromium()) {
      WatchedPage page =
          new WatchedPage(chromium.open(nova.web("/watch/" + nova.channel()).toString(), 390, 844));
      page.await("offline", l -> l.state().equals("offline"));

      try (Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
        page.awaitPlaying();
        assertThat(page.look().height()).isEqualTo(360);
        page.await("live", l -> l.state().equals("live"));
        publisher.stop();
      }
      page.await("ended", l -> l.state().equals("ended"));

      try (Ffmpeg again = Ffmpeg.publish(clip, nova.publishUrl())) {
        page.await("live again", l -> l.state().equals("live"));
        page.awaitPlaying();
        assertThat(again.isAlive()).isTrue();
      }
    }
  }

  @Test
  void viewers_areCounted_byTheirPages_andShown() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "640x360", 60, 10);
    try (RunningNova nova = RunningNova.start(directory);
        Chromium chromium = new Chromium();
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
      String watch = "/watch/" + nova.channel();
      WatchedPage one = new WatchedPage(chromium.open(nova.web(watch).toString(), 640, 480));
      one.awaitPlaying();
      one.awaitText("#viewers", "1 watching");
      String embed = nova.web("/embed/" + nova.channel()).toString();
      new WatchedPage(chromium.open(embed, 640, 480)).awaitPlaying();
      one.awaitText("#viewers", "2 watching");

      assertThat(nova.get("/api/v1/streams").body())
          .as("pages of one address, each with a session")
          .contains("\"viewers\":{\"identified\":2,\"estimated\":0}");
      String facts = "a[href$='%s'] .card-facts".formatted(watch);
      assertThat(chromium.open(nova.web("/").toString(), 640, 480).locator(facts))
          .satisfies(card -> assertThat(card.textContent()).endsWith("2 watching"));
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void publisher_killedAndRestarted_openPlayerGoesOnByItself() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "640x360", 60, 10);
    try (RunningNova nova = RunningNova.start(directory);
        Chromium chromium = new Chromium()) {
      WatchedPage page;
      try (Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
        page =
            new WatchedPage(
                chromium.open(nova.web("/watch/" + nova.channel()).toString(), 1280, 800));
        page.awaitPlaying();
        publisher.kill();
      }
      page.await("reconnecting", l -> l.state().equals("reconnecting"));
      String before = nova.get("/api/v1/streams").body();
      TimeUnit.SECONDS.sleep(5); // the broadcaster's machine is away for a while
      try (Ffmpeg again = Ffmpeg.publish(clip, nova.publishUrl())) {
        page.await("live again", l -> l.state().equals("live"));
        page.awaitPlaying();
        double from = page.look().currentTime();
        page.await("ten more seconds", l -> l.currentTime() > from + 10);
        assertThat(again.isAlive()).isTrue();
      }
      assertThat(before).contains("RECONNECTING");
    }
  }

  @Test
  void page_ofAChannelForTokenHolders_playsByTheTokenOfItsAddress_andSaysWhenItNeedsOne()
      throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "640x360", 60, 10);
    try (RunningNova nova = RunningNova.start(directory);
        Chromium chromium = new Chromium();
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
      WatchedPage page =
          new WatchedPage(
              chromium.open(
                  nova.web("/watch/" + nova.channel() + "#token=nova_abc234").toString(),
                  1280,
                  800));
      List<String> asked = new CopyOnWriteArrayList<>();
      page.page().onRequest(request -> asked.add(request.url()));
      page.awaitPlaying();
      assertThat(asked)
          .filteredOn(url -> url.contains("/hls/") || url.contains("/media/"))
          .isNotEmpty()
          .allMatch(url -> url.contains("/p/nova_abc234/"));

      WatchedPage without =
          new WatchedPage(
              chromium.open(nova.web("/watch/" + nova.channel()).toString(), 1280, 800));
      for (WatchedPage each : List.of(page, without)) {
        each.page()
            .route(
                "**/api/v1/channels/" + nova.channel() + "/playback",
                route -> route.fulfill(new Route.FulfillOptions().setStatus(401)));
        each.await("private", look -> look.state().equals("private"));
      }
      assertThat(page.page().textContent("#curtain-text")).contains("does not open this channel");
      assertThat(without.page().textContent("#curtain-text")).contains("needs a token");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void gopOf250Frames_asObsSendsByDefault_playsAndTheBroadcasterIsTold() throws Exception {
    Path clip = Ffmpeg.clip(directory, "long.flv", "640x360", 250, 30);
    try (RunningNova nova = RunningNova.start(directory);
        Chromium chromium = new Chromium();
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
      WatchedPage page =
          new WatchedPage(
              chromium.open(nova.web("/watch/" + nova.channel()).toString(), 1280, 800));
      page.awaitPlaying();

      double from = page.look().currentTime();
      page.await("twenty seconds played", l -> l.currentTime() > from + 20);

      assertThat(page.look().stalls()).as("stalls from the first second on").isZero();
      assertThat(nova.await("/api/v1/streams", body -> body.contains("keyframe interval is")))
          .contains("set 2 s");
      assertThat(publisher.isAlive()).isTrue();
    }
  }
}
