package nova.app.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nova.app.e2e.WatchedPage.Look;
import nova.app.process.NovaProcess;
import nova.testkit.Ffprobe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A broadcast whose sound not every player takes, watched in a browser.
class EncodedSoundIT {
  private static final String KEY = "a-secret-key-for-tests";

  // AudioSpecificConfig behind the tag header: AAC-LC at 24 kHz, as FFmpeg writes it, and the same
  // as the core of HE-AAC at 48 kHz. No encoder here makes HE-AAC; decoders take a core alone.
  private static final byte[] AAC_LC = HexFormat.of().parseHex("af00131056e500");
  private static final byte[] HE_AAC = HexFormat.of().parseHex("af002b11880000");

  private static final Map<String, String> NO_SECOND_WORKER =
      Map.of("NOVA_TRANSCODE_WORKER_RESTARTS", "0");

  @TempDir private Path directory;

  @Test
  void heAac_playsAsAacLcOnceItIsEncoded_andAsItCameWhenThatEnds() throws Exception {
    Path clip = heAac(Ffmpeg.clip(directory, "clip.flv", "640x360", 60, 20, "-ar", "24000"));
    try (Chromium chromium = new Chromium();
        NovaProcess nova =
            NovaProcess.start(directory, NO_SECOND_WORKER, "--stream-key", "live=" + KEY);
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.rtmp("/live/" + KEY))) {
      String first = nova.await("/hls/live/index.m3u8", body -> body.contains("mp4a"));
      assertThat(first).contains("mp4a.40.5", "/audio/index.m3u8").doesNotContain("/aac/");
      String encoded = nova.await("/hls/live/index.m3u8", body -> body.contains("mp4a.40.2"));
      assertThat(encoded)
          .contains("/aac/index.m3u8")
          .doesNotContain("mp4a.40.5", "/audio/index.m3u8");
      assertThat(nova.get("/api/v1/streams").body())
          .contains("its sound is encoded, because not every player takes mp4a.40.5");

      List<JsonNode> streams = Ffprobe.streams(nova.web("/hls/live/index.m3u8").toString());
      assertThat(streams)
          .filteredOn(s -> s.path("codec_type").asText().equals("audio"))
          .singleElement()
          .satisfies(
              s -> {
                assertThat(s.path("profile").asText()).isEqualTo("LC");
                assertThat(s.path("sample_rate").asInt()).isEqualTo(48_000);
              });

      WatchedPage page =
          new WatchedPage(chromium.open(nova.web("/watch/live").toString(), 640, 480));
      page.awaitPlaying();
      Look before = page.look();
      TimeUnit.SECONDS.sleep(5); // of playing
      Look after = page.look();
      assertThat(after.audioBytes()).as("sound decoded").isGreaterThan(before.audioBytes());
      assertThat(after.stalls()).as("stalls").isZero();

      List<String> console = page.console();
      assertThat(nova.worker("nova.worker.LadderWorker").destroyForcibly()).isTrue();
      page.await("six more seconds", look -> look.currentTime() > after.currentTime() + 6);
      assertThat(nova.get("/hls/live/index.m3u8").body())
          .contains("mp4a.40.5", "/audio/index.m3u8")
          .doesNotContain("/aac/");
      assertThat(console)
          .as("what the player did")
          .contains("nova: starting over in 500 ms (what was played has left the stream)")
          .noneMatch(said -> said.contains("nothing played"));
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private static Path heAac(Path clip) throws Exception {
    byte[] flv = Files.readAllBytes(clip);
    int at = new String(flv, ISO_8859_1).indexOf(new String(AAC_LC, ISO_8859_1));
    assertThat(at).as("place of the configuration").isPositive();
    System.arraycopy(HE_AAC, 0, flv, at, HE_AAC.length);
    return Files.write(clip, flv);
  }
}
