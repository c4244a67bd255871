package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nova.app.e2e.WatchedPage.Look;
import nova.app.process.NovaProcess;
import nova.app.process.PreparedLadder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A player whose rungs have all left: it goes on with the source.
class GivenUpWorkerWatchIT {
  private static final String KEY = "a-secret-key-for-tests";

  @TempDir private Path directory;

  /// The playlist that players began with names nothing then that still is.
  @Test
  void worker_thatIsGivenUp_leavesPlayersOfItsRungsTheSource() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "426x240", 60, 10);
    Map<String, String> rungsAlone =
        Map.of(
            "NOVA_TRANSCODE_LADDER_POLICY", "all",
            "NOVA_TRANSCODE_WORKER_RESTARTS", "0");
    try (NovaProcess nova =
            PreparedLadder.start(
                directory,
                Map.of(240, 450_000L, 144, 200_000L),
                rungsAlone,
                "--stream-key",
                "live=" + KEY);
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.rtmp("/live/" + KEY));
        Chromium chromium = new Chromium()) {
      String _ = nova.await("/hls/live/index.m3u8", body -> body.contains("/240p/index.m3u8"));
      WatchedPage page =
          new WatchedPage(chromium.open(nova.web("/watch/live").toString(), 640, 480));
      Look playing = page.awaitPlaying();
      List<String> console = page.console();

      assertThat(nova.worker("nova.worker.LadderWorker").destroyForcibly()).isTrue();
      page.await("six more seconds", look -> look.currentTime() > playing.currentTime() + 6);

      assertThat(console)
          .contains("nova: starting over in 500 ms (what was played has left the stream)")
          .noneMatch(said -> said.contains("nothing played"));
      assertThat(nova.get("/hls/live/index.m3u8").body())
          .contains("/source/")
          .doesNotContain("/240p/");
      assertThat(publisher.isAlive()).isTrue();
    }
  }
}
