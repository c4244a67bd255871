package nova.media.hls;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import nova.core.Timescale;

/// Playlists for tests.
final class Playlists {
  static final Instant NOON = Instant.parse("2026-11-22T16:00:00Z");
  static final ServerControl LOW_LATENCY =
      new ServerControl(
          true,
          Optional.of(Duration.ofMillis(1_002)),
          Optional.of(Duration.ofSeconds(12)),
          Optional.of(Duration.ofSeconds(24)));

  private Playlists() {}

  /// A complete segment of 4 s at 90 kHz without parts.
  static MediaSegment segment(long number) {
    return new MediaSegment(
        "0/" + number + ".m4s",
        360_000,
        false,
        Optional.of("0/init.mp4"),
        Optional.of(NOON.plusSeconds(4 * number)),
        List.of(),
        true,
        false);
  }

  /// A playlist of `count` complete segments from number `first` on.
  static MediaPlaylist of(long first, int count) {
    List<MediaSegment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      segments.add(segment(first + i));
    }
    return with(first, segments);
  }

  static MediaPlaylist with(long first, List<MediaSegment> segments) {
    return new MediaPlaylist(
        Timescale.VIDEO,
        4,
        OptionalLong.of(30_060),
        LOW_LATENCY,
        first,
        0,
        true,
        segments,
        Optional.empty(),
        List.of(),
        List.of(),
        false);
  }

  /// Low latency in full: old segments without parts, a discontinuity with another map, a gap, and
  /// an open segment.
  static MediaPlaylist lowLatency() {
    List<MediaSegment> segments = new ArrayList<>();
    for (int number = 266; number < 269; number++) {
      segments.add(
          new MediaSegment(
              "s" + number + ".m4s",
              180_000,
              false,
              Optional.of("init-1.mp4"),
              Optional.of(NOON.plusSeconds(2L * (number - 266))),
              List.of(),
              true,
              false));
    }
    segments.add(
        new MediaSegment(
            "s269.m4s",
            177_000,
            false,
            Optional.of("init-1.mp4"),
            Optional.of(NOON.plusSeconds(6)),
            List.of(
                new PartialSegment("s269.0.m4s", 45_000, true, false),
                new PartialSegment("s269.1.m4s", 45_000, false, false),
                new PartialSegment("s269.2.m4s", 45_000, false, false),
                new PartialSegment("s269.3.m4s", 42_000, false, false)),
            true,
            false));
    segments.add(
        new MediaSegment(
            "s270.m4s",
            90_000,
            true,
            Optional.of("init-2.mp4"),
            Optional.of(NOON.plusMillis(9_250)),
            List.of(
                new PartialSegment("s270.0.m4s", 45_000, true, false),
                new PartialSegment("s270.1.m4s", 45_000, false, false)),
            false,
            false));
    return new MediaPlaylist(
        Timescale.VIDEO,
        2,
        OptionalLong.of(45_000),
        new ServerControl(
            true,
            Optional.of(Duration.ofMillis(1_500)),
            Optional.of(Duration.ofSeconds(6)),
            Optional.of(Duration.ofSeconds(12))),
        266,
        1,
        false,
        segments,
        Optional.empty(),
        List.of(new PreloadHint(PreloadHint.Type.PART, "s270.2.m4s")),
        List.of(new RenditionReport("../a0/live.m3u8", 270, OptionalInt.of(1))),
        false);
  }

  /// The end of a broadcast whose middle is missing.
  static MediaPlaylist endedWithGap() {
    MediaSegment gap =
        new MediaSegment(
            "1/11.m4s",
            300_030,
            true,
            Optional.of("1/init.mp4"),
            Optional.of(NOON.plusMillis(44_000)),
            List.of(new PartialSegment("1/11.0.m4s", 30_060, false, true)),
            true,
            true);
    return new MediaPlaylist(
        Timescale.VIDEO,
        4,
        OptionalLong.of(30_060),
        LOW_LATENCY,
        10,
        3,
        true,
        List.of(segment(10), gap),
        Optional.empty(),
        List.of(),
        List.of(new RenditionReport("../audio/index.m3u8", 11, OptionalInt.empty())),
        true);
  }

  static MultivariantPlaylist multivariant() {
    return new MultivariantPlaylist(
        true,
        List.of(
            new VariantStream(
                "source/index.m3u8",
                3_412_345,
                2_998_001,
                List.of("avc1.64001f", "mp4a.40.2"),
                Optional.of(new VariantStream.Resolution(1280, 720)),
                30_000 / 1_001.0,
                Optional.of("audio"))),
        List.of(
            new AudioRendition("audio", "Default", Optional.empty(), true, 2, "audio/index.m3u8")));
  }
}
