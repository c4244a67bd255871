package nova.media.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nova.core.Timescale;
import nova.testkit.Seeds;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MediaPlaylistTest {
  @Test
  void segment_longer_than_the_target_duration_once_rounded_is_refused() {
    assertThat(playlist(lasting(404_999)).segments()).hasSize(1); // 4.49999 s
    assertRefused(
        () -> playlist(lasting(405_000)), // 4.5 s rounds to 5
        "segment s.m4s lasts 4.500 s (expected: rounded <= the target duration of 4 s)");
  }

  @Test
  void part_longer_than_the_part_target_is_refused() {
    assertRefused(
        () -> playlist(withPart(30_061)),
        "part s.0.m4s lasts 30061 ticks (expected: <= the part target, 30060)");
  }

  @Test
  void parts_without_a_part_target_are_refused() {
    assertRefused(
        () -> playlist(OptionalLong.empty(), Playlists.LOW_LATENCY, List.of(withPart(100)), false),
        "part s.0.m4s lasts 100 ticks (expected: <= the part target, -1)");
  }

  @Test
  void hold_backs_below_what_the_specification_demands_are_refused() {
    assertRefused(
        () -> control(Duration.ofMillis(667), Duration.ofSeconds(12), Duration.ofSeconds(24)),
        "PART-HOLD-BACK PT0.667S (expected: >= PT0.668S)");
    assertRefused(
        () -> control(Duration.ofSeconds(1), Duration.ofSeconds(11), Duration.ofSeconds(24)),
        "HOLD-BACK PT11S (expected: >= PT12S)");
    assertRefused(
        () -> control(Duration.ofSeconds(1), Duration.ofSeconds(12), Duration.ofSeconds(23)),
        "CAN-SKIP-UNTIL PT23S (expected: >= PT24S)");
  }

  @Test
  void part_target_without_part_hold_back_is_refused() {
    assertRefused(
        () -> playlist(OptionalLong.of(30_060), ServerControl.NONE, List.of(), false),
        "PART-HOLD-BACK PT0S (expected: >= PT0.668S)");
  }

  @Test
  void open_segment_before_another_or_in_a_playlist_that_is_over_is_refused() {
    MediaSegment open = open();
    String message =
        "open segment s.m4s (expected: only at the end of a playlist that is not over)";
    assertRefused(() -> playlist(open, lasting(1)), message);
    assertRefused(
        () -> playlist(OptionalLong.empty(), ServerControl.NONE, List.of(open), true), message);
  }

  @Test
  void uri_that_would_be_a_tag_or_end_the_line_is_refused() {
    assertRefused(
        () -> new PartialSegment("#EXT-X-ENDLIST", 1, false, false),
        "URI '#EXT-X-ENDLIST' (expected: not empty, no leading #, no space)");
    assertRefused(
        () -> new PreloadHint(PreloadHint.Type.PART, "a\nb"),
        "URI has character 0x0a at 1 (expected: no quotes and no control characters)");
  }

  @Test
  void delta_update_keeps_at_least_the_skip_boundary_and_not_a_segment_more() {
    // CAN-SKIP-UNTIL 24 s is six segments of 4 s.
    assertThat(skipped(Playlists.of(0, 6))).isZero();
    assertThat(skipped(Playlists.of(0, 7))).isEqualTo(1);
    assertThat(skipped(Playlists.of(0, 20))).isEqualTo(14);
  }

  @Test
  void delta_update_measures_from_the_last_complete_segment() {
    List<MediaSegment> segments = new ArrayList<>(Playlists.of(0, 7).segments());
    segments.add(open());

    assertThat(skipped(Playlists.with(0, segments))).isEqualTo(1);
  }

  @Test
  void playlist_that_is_over_has_no_delta_update() {
    assertThat(
            playlist(
                    OptionalLong.empty(),
                    Playlists.LOW_LATENCY,
                    Playlists.of(0, 20).segments(),
                    true)
                .asDelta())
        .isEmpty();
  }

  @Test
  void delta_update_and_full_playlist_agree_on_every_line_that_both_have() {
    Seeds.each(
        100,
        random -> {
          List<MediaSegment> segments = new ArrayList<>();
          int count = 1 + random.nextInt(40);
          for (int i = 0; i < count; i++) {
            segments.add(
                new MediaSegment(
                    "s%d.m4s".formatted(i),
                    1 + random.nextInt(360_000),
                    random.nextInt(8) == 0,
                    Optional.of("i%d.mp4".formatted(i / 10)),
                    Optional.empty(),
                    List.of(),
                    true,
                    false));
          }
          MediaPlaylist full = Playlists.with(5, segments);
          Optional<MediaPlaylist> delta = full.asDelta();
          if (delta.isPresent()) {
            String text = MediaPlaylistWriter.write(full);
            List<String> lines = MediaPlaylistWriter.write(delta.get()).lines().toList();
            assertThat(lines.stream().filter(l -> !l.startsWith("#EXT-X-SKIP:")))
                .isSubsetOf(text.lines().toList());
            int skipped = delta.get().skip().orElseThrow().segments();
            long kept = segments.stream().skip(skipped).mapToLong(MediaSegment::duration).sum();
            long keptWithOneMoreSkipped = kept - segments.get(skipped).duration();
            assertThat(kept).isGreaterThanOrEqualTo(24 * 90_000);
            assertThat(keptWithOneMoreSkipped).isLessThan(24 * 90_000);
          }
        });
  }

  private static int skipped(MediaPlaylist playlist) {
    return playlist.asDelta().flatMap(MediaPlaylist::skip).map(Skip::segments).orElse(0);
  }

  private static MediaPlaylist control(Duration partHoldBack, Duration holdBack, Duration skip) {
    return playlist(
        OptionalLong.of(30_060),
        new ServerControl(
            true, Optional.of(partHoldBack), Optional.of(holdBack), Optional.of(skip)),
        List.of(),
        false);
  }

  private static MediaPlaylist playlist(MediaSegment... segments) {
    return Playlists.with(0, List.of(segments));
  }

  private static MediaPlaylist playlist(
      OptionalLong partTarget, ServerControl control, List<MediaSegment> segments, boolean over) {
    return new MediaPlaylist(
        Timescale.VIDEO,
        4,
        partTarget,
        control,
        0,
        0,
        true,
        segments,
        Optional.empty(),
        List.of(),
        List.of(),
        over);
  }

  private static MediaSegment lasting(long ticks) {
    return new MediaSegment(
        "s.m4s", ticks, false, Optional.empty(), Optional.empty(), List.of(), true, false);
  }

  private static MediaSegment open() {
    return new MediaSegment(
        "s.m4s", 0, false, Optional.empty(), Optional.empty(), List.of(), false, false);
  }

  private static MediaSegment withPart(long ticks) {
    return new MediaSegment(
        "s.m4s",
        ticks,
        false,
        Optional.empty(),
        Optional.empty(),
        List.of(new PartialSegment("s.0.m4s", ticks, false, false)),
        false,
        false);
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
