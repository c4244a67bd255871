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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LadderPlannerTest {
  private static final String HIGH = "avc1.640028";

  private static LadderSource source(int width, int height, double fps, long kbps) {
    return source(width, height, PixelAspectRatio.SQUARE, fps, kbps, 2_000, HIGH);
  }

  private static LadderSource source(
      int width,
      int height,
      PixelAspectRatio pixels,
      double fps,
      long kbps,
      long keyframeIntervalMs,
      String codec) {
    VideoFormat video =
        new VideoFormat(
            VideoCodec.AVC, Timescale.VIDEO, codec, width, height, pixels, fps, Bytes.EMPTY);
    return new LadderSource(video, null, fps, kbps * 1_000, keyframeIntervalMs);
  }

  private static LadderConfig policy(String policy) {
    LadderConfig defaults = LadderConfig.defaults();
    return new LadderConfig(policy, defaults.preset(), defaults.peakPercent());
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

  /// The ladder is `source` where players choose it, and `name WxH /divisor kbps` for each rung.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      useHeadersInDisplayName = true,
      textBlock =
          """
          SOURCE                                             | WIDTH | HEIGHT | PIXEL W |  H |               FPS |  KBPS | KEYFRAMES | CODEC       | POLICY | LADDER
          what most people stream                            |  1920 |   1080 |       1 |  1 |                30 |  6000 |      2000 | avc1.640028 | auto   | source, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k
          nothing known but the size                         |  1920 |   1080 |       1 |  1 |                 0 |     0 |      2000 | avc1.640028 | auto   | source, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k
          60 frames on the top rungs only                    |  1920 |   1080 |       1 |  1 |                60 |  6000 |      2000 | avc1.640028 | auto   | source, 720p 1280x720 /1 3000k, 480p 854x480 /2 1500k
          59.94 and 50 frames likewise                       |  1280 |    720 |       1 |  1 | 59.94005994005994 |  3500 |      2000 | avc1.640028 | auto   | source, 480p 854x480 /2 1500k
          50 frames                                          |  1280 |    720 |       1 |  1 |                50 |  3500 |      2000 | avc1.640028 | auto   | source, 480p 854x480 /2 1500k
          30 frames by a hasty clock                         |  1280 |    720 |       1 |  1 |              30.3 |  3500 |      2000 | avc1.640028 | auto   | source, 480p 854x480 /1 1500k
          120 frames are none for the web                    |  1920 |   1080 |       1 |  1 |               120 |  6000 |      2000 | avc1.640028 | auto   | 1080p 1920x1080 /2 5000k, 720p 1280x720 /2 3000k, 480p 854x480 /4 1500k
          too high a bitrate for its size                    |  1920 |   1080 |       1 |  1 |                30 |  7600 |      2000 | avc1.640028 | auto   | 1080p 1920x1080 /1 5000k, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k
          just not too high                                  |  1920 |   1080 |       1 |  1 |                30 |  7500 |      2000 | avc1.640028 | auto   | source, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k
          larger than the web likes                          |  3840 |   2160 |       1 |  1 |                30 | 20000 |      2000 | avc1.640028 | auto   | 1080p 1920x1080 /1 5000k, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k
          a keyframe every 8.3 s                             |  1280 |    720 |       1 |  1 |                30 |  3000 |      8333 | avc1.640028 | auto   | 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k
          a keyframe every 4 s with jitter                   |  1280 |    720 |       1 |  1 |                30 |  3000 |      4030 | avc1.640028 | auto   | source, 480p 854x480 /1 1500k
          10 bits                                            |  1280 |    720 |       1 |  1 |                30 |  3000 |      2000 | avc1.6e001f | auto   | 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k
          portrait                                           |  1080 |   1920 |       1 |  1 |                30 |  5000 |      2000 | avc1.640028 | auto   | source, 720p 720x1280 /1 3000k, 480p 480x854 /1 1500k
          square                                             |  1080 |   1080 |       1 |  1 |                30 |  5000 |      2000 | avc1.640028 | auto   | source, 720p 720x720 /1 3000k, 480p 480x480 /1 1500k
          odd sides                                          |  1279 |    719 |       1 |  1 |                30 |  3000 |      2000 | avc1.640028 | auto   | source, 480p 854x480 /1 1500k
          odd sides, encoded at their own size               |   853 |    479 |       1 |  1 |                30 |  1000 |      2000 | avc1.640028 | all    | 478p 852x478 /1 1000k
          PAL widescreen, whose pixels are wide              |   720 |    576 |      64 | 45 |                25 |     0 |      2000 | avc1.640028 | auto   | source, 480p 854x480 /1 1500k
          HDV, whose pixels are wide                         |  1440 |   1080 |       4 |  3 |                25 |     0 |      2000 | avc1.640028 | all    | 1080p 1920x1080 /1 5000k, 720p 1280x720 /1 3000k, 480p 854x480 /1 1500k
          pixels that are tall                               |  1440 |    720 |       1 |  2 |                25 |     0 |      2000 | avc1.640028 | all    | 720p 720x720 /1 3000k, 480p 480x480 /1 1500k
          smaller than every rung                            |   640 |    360 |       1 |  1 |                30 |   800 |      2000 | avc1.640028 | auto   | source
          smaller than every rung, but everything is encoded |   640 |    360 |       1 |  1 |                30 |     0 |      2000 | avc1.640028 | all    | 360p 640x360 /1 843k
          between two rungs, and everything is encoded       |   960 |    540 |       1 |  1 |                30 |     0 |      2000 | avc1.640028 | all    | 540p 960x540 /1 1687k, 480p 854x480 /1 1265k
          hardly larger than a rung                          |   910 |    512 |       1 |  1 |                30 |  1500 |      2000 | avc1.640028 | auto   | source
          a bitrate below that of the ladder                 |  1920 |   1080 |       1 |  1 |                30 |  2000 |      2000 | avc1.640028 | auto   | source, 720p 1280x720 /1 1500k, 480p 854x480 /1 1125k
          a bitrate below anything                           |  1920 |   1080 |       1 |  1 |                30 |   120 |      2000 | avc1.640028 | auto   | source
          policy none                                        |  1920 |   1080 |       1 |  1 |                30 |  6000 |      2000 | avc1.640028 | none   | source
          a banner, 32 times as wide as high                 |  1920 |     60 |       1 |  1 |                30 |   500 |      2000 | avc1.640028 | all    | 60p 1920x60 /1 100k
          """)
  void source_planned_getsTheLadderOfTheTable(
      String name,
      int width,
      int height,
      int pixelWidth,
      int pixelHeight,
      double fps,
      long kbps,
      long keyframeIntervalMs,
      String codec,
      String policy,
      String ladder) {
    PixelAspectRatio pixels = new PixelAspectRatio(pixelWidth, pixelHeight);
    LadderSource source = source(width, height, pixels, fps, kbps, keyframeIntervalMs, codec);

    assertThat(ladder(LadderPlanner.plan(source, ScriptedPorts.USUAL, policy(policy))))
        .as(name)
        .isEqualTo(ladder);
  }

  @Test
  void pictures_tooLargeToDecode_areNotEncoded() {
    LadderPlan plan =
        LadderPlanner.plan(source(16_000, 16_000, 30, 20_000), ScriptedPorts.USUAL, policy("auto"));
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.reason()).startsWith("pictures of 16000x16000 are too large to encode");
  }

  @Test
  void ladderWithoutSteps_isTheSourceAlone_whateverItIsLike() {
    for (String policy : List.of("auto", "all")) {
      LadderPlan plan =
          LadderPlanner.plan(source(1920, 1080, 120, 90_000), List.of(), policy(policy));
      assertThat(ladder(plan)).isEqualTo("source");
      assertThat(plan.reason()).isEqualTo("no quality level is enabled: no rung is encoded");
    }
  }

  @Test
  void frameRate_isThatOfTheStep_andOfTheNextSmallerAtTheSourcesOwnSize() {
    List<LadderStep> steps =
        List.of(
            new LadderStep(1080, 8_000_000, 120),
            new LadderStep(720, 3_000_000, 60),
            new LadderStep(480, 1_500_000, 24));
    assertThat(ladder(LadderPlanner.plan(source(1920, 1080, 120, 0), steps, policy("all"))))
        .isEqualTo("1080p 1920x1080 /1 8000k, 720p 1280x720 /2 3000k, 480p 854x480 /5 1500k");
    assertThat(ladder(LadderPlanner.plan(source(960, 540, 120, 0), steps, policy("all"))))
        .startsWith("540p 960x540 /5 1687k");
    assertThat(ladder(LadderPlanner.plan(source(640, 360, 120, 0), steps, policy("all"))))
        .isEqualTo("360p 640x360 /5 843k");
  }

  @Test
  void objection_isASentenceForTheOperator() {
    assertThat(
            LadderPlanner.plan(source(1920, 1080, 30, 9_000), ScriptedPorts.USUAL, policy("auto"))
                .reason())
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
            new LadderSource(source.video(), audio, 30, 3_000_000, 2_000),
            ScriptedPorts.USUAL,
            policy("auto"))
        .audioPassesThrough();
  }

  @Test
  void peak_isThatOfTheConfiguration() {
    LadderConfig config = new LadderConfig("auto", "fast", 150);
    List<LadderStep> steps = List.of(new LadderStep(480, 1_000_000, 30));
    assertThat(LadderPlanner.plan(source(1280, 720, 30, 3_000), steps, config).rungs())
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
                  random.nextBoolean() ? 0 : random.nextInt(50_000),
                  2_000,
                  HIGH);
          LadderPlan plan =
              LadderPlanner.plan(
                  source, ScriptedPorts.USUAL, policy(random.nextBoolean() ? "auto" : "all"));

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
