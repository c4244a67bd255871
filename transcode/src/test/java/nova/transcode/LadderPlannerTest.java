package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.testkit.Seeds;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LadderPlannerTest {
  private static final String HIGH = "avc1.640028";

  /// A source and the ladder it gets: `source` when players choose it, and `name WxH /divisor kbps`
  /// for each rung.
  private record Case(String name, LadderSource source, String policy, String ladder) {}

  private static final List<Case> CASES =
      List.of(
          new Case(
              "what most people stream",
              source(1920, 1080, 30, 6_000),
              "auto",
              "source, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k"),
          new Case(
              "nothing known but the size",
              source(1920, 1080, 0, 0),
              "auto",
              "source, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k"),
          new Case(
              "60 frames on the top rungs only",
              source(1920, 1080, 60, 6_000),
              "auto",
              "source, 720p 1280x720 /1 3000k, 480p 854x480 /2 1500k"),
          new Case(
              "59.94 and 50 frames likewise",
              source(1280, 720, 60_000 / 1_001.0, 3_500),
              "auto",
              "source, 480p 854x480 /2 1500k"),
          new Case(
              "50 frames", source(1280, 720, 50, 3_500), "auto", "source, 480p 854x480 /2 1500k"),
          new Case(
              "30 frames by a hasty clock",
              source(1280, 720, 30.3, 3_500),
              "auto",
              "source, 480p 854x480 /1 1500k"),
          new Case(
              "120 frames are none for the web",
              source(1920, 1080, 120, 6_000),
              "auto",
              "1080p 1920x1080 /2 5000k, 720p 1280x720 /2 3000k, 480p 854x480 /4 1500k"),
          new Case(
              "too high a bitrate for its size",
              source(1920, 1080, 30, 7_600),
              "auto",
              "1080p 1920x1080 /1 5000k, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k"),
          new Case(
              "just not too high",
              source(1920, 1080, 30, 7_500),
              "auto",
              "source, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k"),
          new Case(
              "larger than the web likes",
              source(3840, 2160, 30, 20_000),
              "auto",
              "1080p 1920x1080 /1 5000k, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k"),
          new Case(
              "a keyframe every 8.3 s",
              with(source(1280, 720, 30, 3_000), HIGH, 8_333),
              "auto",
              "720p 1280x720 /1 3000k, 480p 854x480 /1 1500k"),
          new Case(
              "a keyframe every 4 s with jitter",
              with(source(1280, 720, 30, 3_000), HIGH, 4_030),
              "auto",
              "source, 480p 854x480 /1 1500k"),
          new Case(
              "10 bits",
              with(source(1280, 720, 30, 3_000), "avc1.6e001f", 2_000),
              "auto",
              "720p 1280x720 /1 3000k, 480p 854x480 /1 1500k"),
          new Case(
              "portrait",
              source(1080, 1920, 30, 5_000),
              "auto",
              "source, 720p 720x1280 /1 3000k, 480p 480x854 /1 1500k"),
          new Case(
              "square",
              source(1080, 1080, 30, 5_000),
              "auto",
              "source, 720p 720x720 /1 3000k, 480p 480x480 /1 1500k"),
          new Case(
              "odd sides", source(1279, 719, 30, 3_000), "auto", "source, 480p 854x480 /1 1500k"),
          new Case(
              "odd sides, encoded at their own size",
              source(853, 479, 30, 1_000),
              "all",
              "478p 852x478 /1 1000k"),
          new Case(
              "PAL widescreen, whose pixels are wide",
              stretched(720, 576, 64, 45),
              "auto",
              "source, 480p 854x480 /1 1500k"),
          new Case(
              "HDV, whose pixels are wide",
              stretched(1440, 1080, 4, 3),
              "all",
              "1080p 1920x1080 /1 5000k, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k"),
          new Case(
              "pixels that are tall",
              stretched(1440, 720, 1, 2),
              "all",
              "720p 720x720 /1 3000k, 480p 480x480 /1 1500k"),
          new Case("smaller than every rung", source(640, 360, 30, 800), "auto", "source"),
          new Case(
              "smaller than every rung, but everything is encoded",
              source(640, 360, 30, 0),
              "all",
              "360p 640x360 /1 843k"),
          new Case(
              "between two rungs, and everything is encoded",
              source(960, 540, 30, 0),
              "all",
              "540p 960x540 /1 1687k, 480p 854x480 /1 1265k"),
          new Case("hardly larger than a rung", source(910, 512, 30, 1_500), "auto", "source"),
          new Case(
              "a bitrate below the ladder's",
              source(1920, 1080, 30, 2_000),
              "auto",
              "source, 720p 1280x720 /1 1500k, 480p 854x480 /1 1125k"),
          new Case("a bitrate below anything", source(1920, 1080, 30, 120), "auto", "source"),
          new Case("policy none", source(1920, 1080, 30, 6_000), "none", "source"),
          new Case(
              "a banner, 32 times as wide as high",
              source(1920, 60, 30, 500),
              "all",
              "60p 1920x60 /1 100k"));

  private static LadderSource source(int width, int height, double fps, long kbps) {
    return source(width, height, PixelAspectRatio.SQUARE, fps, kbps);
  }

  private static LadderSource stretched(int width, int height, int horizontal, int vertical) {
    return source(width, height, new PixelAspectRatio(horizontal, vertical), 25, 0);
  }

  private static LadderSource source(
      int width, int height, PixelAspectRatio pixels, double fps, long kbps) {
    VideoFormat video =
        new VideoFormat(
            VideoCodec.AVC, Timescale.VIDEO, HIGH, width, height, pixels, fps, Bytes.EMPTY);
    return new LadderSource(video, null, fps, kbps * 1_000, 2_000);
  }

  private static LadderSource with(LadderSource source, String codec, long keyframeIntervalMs) {
    VideoFormat video = source.video();
    return new LadderSource(
        new VideoFormat(
            video.codec(),
            video.timescale(),
            codec,
            video.width(),
            video.height(),
            video.pixelAspectRatio(),
            video.frameRate(),
            video.configuration()),
        null,
        source.frameRate(),
        source.bitrateBps(),
        keyframeIntervalMs);
  }

  private static LadderConfig policy(String policy) {
    LadderConfig defaults = LadderConfig.defaults();
    return new LadderConfig(
        policy,
        defaults.rungs(),
        defaults.preset(),
        defaults.peakPercent(),
        defaults.fullRateLines());
  }

  private static String ladder(LadderPlan plan) {
    String rungs =
        plan.rungs().stream()
            .map(
                r ->
                    "%s %dx%d /%d %dk"
                        .formatted(
                            r.rendition(),
                            r.width(),
                            r.height(),
                            r.frameDivisor(),
                            r.bitrateBps() / 1_000))
            .collect(Collectors.joining(", "));
    String source = plan.sourceIsRung() ? "source" : "";
    return source + (source.isEmpty() || rungs.isEmpty() ? "" : ", ") + rungs;
  }

  @Test
  void source_planned_getsTheLadderOfTheTable() {
    for (Case c : CASES) {
      assertThat(ladder(LadderPlanner.plan(c.source, policy(c.policy))))
          .as(c.name)
          .isEqualTo(c.ladder);
    }
  }

  @Test
  void pictures_tooLargeToDecode_areNotEncoded() {
    LadderPlan plan = LadderPlanner.plan(source(16_000, 16_000, 30, 20_000), policy("auto"));
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.reason()).startsWith("pictures of 16000x16000 are too large to encode");
  }

  @Test
  void objection_isASentenceForTheOperator() {
    assertThat(LadderPlanner.plan(source(1920, 1080, 30, 9_000), policy("auto")).reason())
        .isEqualTo(
            "the source is not handed out beside its rungs: it has 9.0 Mbit/s (expected: <= 7.5"
                + " Mbit/s at its size)");
  }

  @Test
  void audio_passesThroughWhenItIsAacLcOrNone() {
    assertThat(planOf("mp4a.40.2")).isTrue();
    assertThat(planOf("mp4a.40.5")).isFalse();
    assertThat(planOf(null)).isTrue();
  }

  private static boolean planOf(@Nullable String audioCodec) {
    LadderSource source = source(1280, 720, 30, 3_000);
    AudioFormat audio =
        audioCodec == null
            ? null
            : new AudioFormat(AudioCodec.AAC, audioCodec, 48_000, 2, 1024, Bytes.EMPTY);
    return LadderPlanner.plan(
            new LadderSource(source.video(), audio, 30, 3_000_000, 2_000), policy("auto"))
        .audioPassesThrough();
  }

  @Test
  void peak_isThatOfTheConfiguration() {
    LadderConfig config = new LadderConfig("auto", List.of("480p:1000k"), "fast", 150, 720);
    assertThat(LadderPlanner.plan(source(1280, 720, 30, 3_000), config).rungs())
        .singleElement()
        .returns(1_500_000L, Rung::peakBps);
  }

  @Test
  void anySource_planned_isAJobThatAWorkerTakes_andNeverUpscales() {
    Seeds.each(
        3_000,
        random -> {
          LadderSource source =
              source(
                  16 + random.nextInt(4_081),
                  16 + random.nextInt(2_145),
                  random.nextBoolean()
                      ? PixelAspectRatio.SQUARE
                      : new PixelAspectRatio(1 + random.nextInt(64), 1 + random.nextInt(64)),
                  random.nextBoolean() ? 0 : random.nextDouble() * 240,
                  random.nextBoolean() ? 0 : random.nextInt(50_000));
          LadderPlan plan =
              LadderPlanner.plan(source, policy(random.nextBoolean() ? "auto" : "all"));

          PixelAspectRatio pixel = source.video().pixelAspectRatio();
          double shownWidth =
              (double) source.video().width() * pixel.horizontal() / pixel.vertical();
          double fps = source.frameRate() == 0 ? 30 : source.frameRate();
          for (Rung rung : plan.rungs()) {
            assertThat(rung.width()).isLessThanOrEqualTo(Math.max(2, (int) shownWidth + 1));
            assertThat(rung.height()).isLessThanOrEqualTo(source.video().height());
            assertThat(fps / rung.frameDivisor()).isLessThanOrEqualTo(61.2);
            if (source.bitrateBps() > 0) {
              assertThat(rung.bitrateBps()).isLessThanOrEqualTo(source.bitrateBps());
            }
          }
          if (!plan.rungs().isEmpty()) {
            TranscodeJob job =
                new TranscodeJob(
                    TrackId.VIDEO,
                    fps,
                    LadderConfig.defaults().encoderPreset(),
                    plan.rungs().stream().map(RungJob::fromTheStart).toList());
            assertThat(job.rungs()).hasSameSizeAs(plan.rungs());
          }
          assertThat(plan.reason()).isNotEmpty();
        });
  }
}
