package nova.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import nova.core.Timescale;
import nova.testkit.Golden;
import org.junit.jupiter.api.Test;

class MediaPlaylistWriterTest {
  @Test
  void low_latency_playlist_has_its_tags_in_the_order_of_the_specification() {
    Golden.assertMatches("hls/low-latency.m3u8", MediaPlaylistWriter.write(Playlists.lowLatency()));
  }

  @Test
  void delta_update_counts_skipped_segments_and_does_not_repeat_their_map() {
    Golden.assertMatches(
        "hls/delta.m3u8", MediaPlaylistWriter.write(Playlists.of(100, 10).asDelta().orElseThrow()));
  }

  @Test
  void delta_update_names_a_map_that_changes_after_the_skipped_segments() {
    List<MediaSegment> segments = new ArrayList<>(Playlists.of(100, 10).segments());
    segments.replaceAll(
        s ->
            s.uri().compareTo("0/104.m4s") < 0
                ? s
                : new MediaSegment(
                    s.uri(),
                    s.duration(),
                    s.uri().equals("0/104.m4s"),
                    Optional.of("1/init.mp4"),
                    s.programDateTime(),
                    s.parts(),
                    true,
                    false));

    String delta = MediaPlaylistWriter.write(Playlists.with(100, segments).asDelta().orElseThrow());

    assertThat(delta)
        .contains(
            """
            #EXT-X-SKIP:SKIPPED-SEGMENTS=4
            #EXT-X-DISCONTINUITY
            #EXT-X-MAP:URI="1/init.mp4"
            """)
        .containsOnlyOnce("#EXT-X-MAP");
  }

  @Test
  void ended_playlist_with_a_gap_says_both() {
    Golden.assertMatches(
        "hls/ended-with-gap.m3u8", MediaPlaylistWriter.write(Playlists.endedWithGap()));
  }

  @Test
  void playlist_without_low_latency_has_none_of_its_tags() {
    MediaPlaylist plain =
        new MediaPlaylist(
            new Timescale(44_100),
            4,
            OptionalLong.empty(),
            ServerControl.NONE,
            0,
            0,
            false,
            List.of(
                new MediaSegment(
                    "0.m4s",
                    2_048,
                    false,
                    Optional.of("init.mp4"),
                    Optional.empty(),
                    List.of(),
                    true,
                    false)),
            Optional.empty(),
            List.of(),
            List.of(),
            false);

    assertThat(MediaPlaylistWriter.write(plain))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:9
            #EXT-X-TARGETDURATION:4
            #EXT-X-MEDIA-SEQUENCE:0
            #EXT-X-DISCONTINUITY-SEQUENCE:0
            #EXT-X-MAP:URI="init.mp4"
            #EXTINF:0.04644,
            0.m4s
            """);
  }

  @Test
  void live_playlist_does_not_end_with_a_segment() {
    MediaPlaylist playlist = Playlists.of(100, 3);
    MediaPlaylist alone =
        new MediaPlaylist(
            playlist.timescale(),
            playlist.targetDurationSeconds(),
            OptionalLong.of(playlist.partTarget().orElseThrow()),
            playlist.serverControl(),
            playlist.mediaSequence(),
            playlist.discontinuitySequence(),
            playlist.independentSegments(),
            playlist.segments(),
            Optional.empty(),
            List.of(),
            List.of(),
            false);

    assertThat(MediaPlaylistWriter.write(alone))
        .endsWith(".m4s\n# What comes next is not known yet.\n");
  }

  @Test
  void delta_update_after_a_gap_names_no_map_that_the_client_has() {
    List<MediaSegment> segments = new ArrayList<>(Playlists.of(100, 10).segments());
    segments.replaceAll(
        s ->
            s.uri().equals("0/103.m4s")
                ? new MediaSegment(
                    s.uri(),
                    s.duration(),
                    false,
                    Optional.empty(),
                    s.programDateTime(),
                    List.of(),
                    true,
                    true)
                : s);

    assertThat(MediaPlaylistWriter.write(Playlists.with(100, segments).asDelta().orElseThrow()))
        .contains("SKIPPED-SEGMENTS=4")
        .doesNotContain("#EXT-X-MAP");
  }

  @Test
  void text_does_not_depend_on_the_locale_of_the_machine() {
    String expected = MediaPlaylistWriter.write(Playlists.lowLatency());
    Locale before = Locale.getDefault();
    try {
      // Decimal commas, and digits that are not ASCII.
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(MediaPlaylistWriter.write(Playlists.lowLatency())).isEqualTo(expected);
      assertThat(MultivariantPlaylistWriter.write(Playlists.multivariant()))
          .contains("FRAME-RATE=29.970");
    } finally {
      Locale.setDefault(before);
    }
  }
}
