package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import nova.app.e2e.WatchedPage.Look;
import nova.app.process.RunningNova;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What viewers have of a ladder. The pictures are small, because the browser decodes on the same
/// cores that encode.
@Tag("cluster")
class LadderWatchIT {
  private static final int ENOUGH_FOR_THE_SOURCE_KBPS = 4_500;
  private static final int TOO_SLOW_FOR_THE_SOURCE_KBPS = 1_900;
  private static final int PLENTY_KBPS = 20_000;

  @TempDir private Path directory;

  @Test
  void network_thatGetsSlowAndFastAgain_changesTheRungWithoutAStall() throws Exception {
    Path clip =
        Ffmpeg.clip(
            directory,
            "clip.flv",
            "854x480",
            60,
            10,
            "-b:v",
            "2500k",
            "-minrate",
            "2500k",
            "-maxrate",
            "2500k",
            "-bufsize",
            "2500k",
            "-x264-params",
            "nal-hrd=cbr");
    try (RunningNova nova = RunningNova.startWithSmallLadder(directory);
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl());
        Chromium chromium = new Chromium()) {
      awaitLadder(nova);
      Page tab = chromium.open(nova.web("/watch/" + nova.channel()).toString(), 640, 480);
      WatchedPage page = new WatchedPage(tab);
      Network network = new Network(tab);
      network.limit(ENOUGH_FOR_THE_SOURCE_KBPS);
      page.awaitPlaying();
      page.await("the source", look -> look.height() == 480);
      TimeUnit.SECONDS.sleep(5); // the player settles at its distance from the live edge
      int stallsBefore = page.look().stalls();

      network.limit(TOO_SLOW_FOR_THE_SOURCE_KBPS);
      Look slow = page.await("a smaller rung", look -> look.height() < 480);
      page.await("ten more seconds", look -> look.currentTime() > slow.currentTime() + 10);
      network.limit(PLENTY_KBPS);
      Look fast = page.await("the source again", look -> look.height() == 480);
      Look last =
          page.await("five more seconds", look -> look.currentTime() > fast.currentTime() + 5);

      assertThat(last.stalls() - stallsBefore).as("stalls; %s", last).isZero();
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void rungChosenInTheMenu_playsOnWhenItsWorkerIsKilled() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "854x480", 60, 10);
    try (RunningNova nova = RunningNova.startWithSmallLadder(directory);
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl());
        Chromium chromium = new Chromium()) {
      awaitLadder(nova);
      Page tab = chromium.open(nova.web("/watch/" + nova.channel()).toString(), 1280, 800);
      WatchedPage page = new WatchedPage(tab);
      page.awaitPlaying();
      tab.locator("#player").hover();
      tab.locator("#quality-button").click();
      tab.locator("#quality-menu button", new Page.LocatorOptions().setHasText("240p")).click();
      Look chosen = page.await("240p", look -> look.height() == 240);
      page.await("five more seconds", look -> look.currentTime() > chosen.currentTime() + 5);

      ProcessHandle worker = nova.worker("nova.worker.LadderWorker");
      Look killed = page.look();
      assertThat(worker.destroyForcibly()).isTrue();
      Look last =
          page.await("fifteen more seconds", l -> l.currentTime() > killed.currentTime() + 15);

      // One may be: the next worker is back after half a second of back-off and start, or somewhat
      // more on a busy machine, and the player has about one second of media before it.
      assertThat(last.stalls() - killed.stalls()).as("stalls; %s", last).isBetween(0, 1);
      assertThat(last.height()).isEqualTo(240);
      assertThat(tab.locator("#player").getAttribute("data-trouble"))
          .as("nothing had to be recovered")
          .isNullOrEmpty();
      assertThat(nova.worker("nova.worker.LadderWorker").pid()).isNotEqualTo(worker.pid());
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private static void awaitLadder(RunningNova nova) throws Exception {
    String _ =
        nova.await(
            "/hls/" + nova.channel() + "/index.m3u8", body -> body.contains("/240p/index.m3u8"));
  }

  /// The way between a tab and the server.
  private static final class Network {
    private final CDPSession session;

    Network(Page tab) {
      session = tab.context().newCDPSession(tab);
      JsonObject _ = session.send("Network.enable");
    }

    void limit(int kbps) {
      JsonObject conditions = new JsonObject();
      conditions.addProperty("offline", false);
      conditions.addProperty("latency", 20);
      conditions.addProperty("downloadThroughput", kbps * 1000 / 8);
      conditions.addProperty("uploadThroughput", -1);
      JsonObject _ = session.send("Network.emulateNetworkConditions", conditions);
    }
  }
}
