package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.app.e2e.LivePlaylist.Segment;
import nova.app.process.RunningNova;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a client that follows both playlists of a live stream may rely on, also while the
/// broadcaster is away and comes back.
@Tag("cluster")
class PlaylistConformanceIT {
  // Delta updates begin when more than 24 s are listed.
  private static final Duration FOLLOWED = Duration.ofSeconds(32);
  private static final Pattern VARIANT = Pattern.compile("(?m)^[^#\\s].*$");

  @TempDir private Path directory;

  @Test
  void liveStream_keepsTheRulesBetweenReloads_acrossAReconnectWithoutSound() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "320x180", 60, 10);
    try (RunningNova nova = RunningNova.start(directory);
        HttpClient http = HttpClient.newHttpClient();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String url = nova.publishUrl();
      Ffmpeg first = Ffmpeg.publish(clip, url);
      String multivariant =
          nova.await("/hls/" + nova.channel() + "/index.m3u8", body -> body.contains("TYPE=AUDIO"));
      Matcher variant = VARIANT.matcher(multivariant);
      assertThat(variant.find()).isTrue();
      URI video = nova.web("/hls/" + nova.channel() + "/index.m3u8").resolve(variant.group());
      URI audio = video.resolve("../audio/index.m3u8");
      Future<PlaylistFollower> videos = threads.submit(new PlaylistFollower(http, video, FOLLOWED));
      Future<PlaylistFollower> audios = threads.submit(new PlaylistFollower(http, audio, FOLLOWED));

      TimeUnit.SECONDS.sleep(8);
      first.kill();
      try (Ffmpeg _ = Ffmpeg.publish(clip, url, "-an")) {
        PlaylistFollower ofVideo = videos.get(60, TimeUnit.SECONDS);
        PlaylistFollower ofAudio = audios.get(60, TimeUnit.SECONDS);

        checkInStep(ofVideo.complete(), ofAudio.complete());
        assertThat(ofVideo.deltas()).isPositive();
        assertThat(ofVideo.hintsKept()).isGreaterThan(10);
        assertThat(ofAudio.hintsKept()).isGreaterThan(10);
      }
    }
  }

  private static void checkInStep(
      NavigableMap<Long, Segment> videos, NavigableMap<Long, Segment> audios) {
    assertThat(videos.values()).anyMatch(segment -> segment.discontinuities() > 0);
    assertThat(audios.values()).anyMatch(segment -> segment.discontinuities() > 0);
    assertThat(audios.values()).noneMatch(Segment::gap);
    videos.forEach(
        (number, video) -> {
          Segment audio = audios.get(number);
          if (audio != null) {
            assertThat(audio.discontinuities())
                .as("discontinuities at segment %d", number)
                .isEqualTo(video.discontinuities());
            assertThat(Duration.between(video.time(), audio.time()).abs())
                .as("time between the renditions at segment %d", number)
                .isLessThan(Duration.ofMillis(100));
          }
        });
  }
}
