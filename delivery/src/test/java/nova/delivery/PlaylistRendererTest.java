package nova.delivery;

import static nova.delivery.Broadcast.AUDIO;
import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nova.core.RenditionId;
import nova.core.Timescale;
import nova.media.hls.MediaPlaylist;
import nova.media.hls.MediaPlaylistWriter;
import nova.media.hls.MediaSegment;
import nova.media.hls.MultivariantPlaylistWriter;
import nova.media.hls.PartialSegment;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.testkit.Golden;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class PlaylistRendererTest {
  private static Broadcast broadcast(int window) {
    return new Broadcast(
        new InMemoryTimelineStore(
            (snapshot, failure) -> {
              throw new AssertionError(failure);
            }),
        new InMemorySegmentStore(SegmentStoreConfig.defaults()),
        "abcd2345efgh6789",
        "live",
        Instant.parse("2026-11-22T16:00:00Z"),
        window);
  }

  private static MediaPlaylist playlist(Broadcast broadcast, RenditionId rendition) {
    TimelineSnapshot snapshot = broadcast.snapshot();
    return PlaylistRenderer.mediaPlaylist(snapshot, snapshot.rendition(rendition).orElseThrow());
  }

  private static String text(Broadcast broadcast, RenditionId rendition) {
    return MediaPlaylistWriter.write(playlist(broadcast, rendition));
  }

  @Test
  void mediaPlaylist_ofALiveWindow_matchesTheGolden() {
    Broadcast live = broadcast(12).withVideo().withAudio().segments(14).part(VIDEO).part(VIDEO);

    Golden.assertMatches("hls/live-video.m3u8", text(live, VIDEO));
    Golden.assertMatches("hls/live-audio.m3u8", text(live, AUDIO));
    Golden.assertMatches(
        "hls/live-video-delta.m3u8",
        MediaPlaylistWriter.write(
            playlist(broadcast(15).withVideo().segments(15), VIDEO).asDelta().orElseThrow()));
  }

  @Test
  void mediaPlaylist_whereTheSourceFroze_keepsPartsToTheTargetAndTheSegmentToTheTruth() {
    TimelineSnapshot live = broadcast(12).withVideo().segments(1).snapshot();
    RenditionTimeline video = live.rendition(VIDEO).orElseThrow();
    TimelineSegment whole = video.segments().getFirst();

    MediaSegment froze = rendered(live, video, whole, List.of(29_970L, 99_000L));
    assertThat(froze.parts())
        .extracting(PartialSegment::duration)
        .containsExactly(29_970L, 30_060L);
    assertThat(froze.duration()).isEqualTo(128_970);

    MediaSegment tenSeconds = rendered(live, video, whole, List.of(900_000L));
    assertThat(tenSeconds.duration()).as("rounds to the target duration").isEqualTo(404_910);
  }

  private static MediaSegment rendered(
      TimelineSnapshot live, RenditionTimeline video, TimelineSegment whole, List<Long> parts) {
    TimelineSegment segment =
        new TimelineSegment(
            whole.number(),
            whole.epoch(),
            whole.discontinuity(),
            whole.programDateTime(),
            whole.start(),
            parts.stream().map(duration -> new TimelinePart(duration, true, 1000)).toList(),
            true,
            false);
    RenditionTimeline timeline =
        new RenditionTimeline(
            video.id(),
            video.format(),
            true,
            video.version(),
            Timescale.VIDEO,
            30_060,
            4,
            video.independentSegments(),
            video.discontinuitySequence(),
            List.of(segment));
    return PlaylistRenderer.mediaPlaylist(live, timeline).segments().getFirst();
  }

  @Test
  void mediaPlaylist_afterAReturn_matchesTheGolden() {
    Broadcast back =
        broadcast(12).withVideo().withAudio().segments(3).nextEpoch().segments(1).part(VIDEO);

    Golden.assertMatches("hls/returned-video.m3u8", text(back, VIDEO));
  }

  @Test
  void mediaPlaylist_whileAwayAndWhenOver_matchesTheGolden() {
    Broadcast away =
        broadcast(12).withVideo().withAudio().segments(2).state(TimelineState.RECONNECTING);
    Golden.assertMatches("hls/reconnecting-video.m3u8", text(away, VIDEO));

    Broadcast over = broadcast(12).withVideo().withAudio().segments(2).state(TimelineState.ENDED);
    Golden.assertMatches("hls/ended-video.m3u8", text(over, VIDEO));
  }

  @Test
  void multivariantPlaylist_ofEachKindOfStream_matchesTheGolden() {
    Golden.assertMatches(
        "hls/multivariant-both.m3u8",
        multivariant(broadcast(9).withVideo().withAudio().segments(1)));
    Golden.assertMatches(
        "hls/multivariant-video.m3u8",
        multivariant(broadcast(9).withVideo().segments(1).independent(false)));
    Golden.assertMatches(
        "hls/multivariant-audio.m3u8", multivariant(broadcast(9).withAudio().segments(1)));
  }

  @Test
  void multivariantPlaylist_beforeARenditionHasBegun_leavesItOut() {
    assertThat(multivariant(broadcast(9).withVideo().withAudio().segment(VIDEO)))
        .contains("source/index.m3u8")
        .doesNotContain("audio");
  }

  private static final RenditionId SMALL = new RenditionId("480p");
  private static final RenditionId LARGE = new RenditionId("1080p");

  private static Broadcast ladder() {
    return broadcast(9)
        .withVideo()
        .withRung(LARGE, 1080, 5_000_000)
        .withRung(SMALL, 480, 1_500_000)
        .withAudio();
  }

  @Test
  void multivariantPlaylist_ofALadder_matchesTheGolden() {
    Golden.assertMatches(
        "hls/multivariant-ladder.m3u8", multivariant(ladder().segments(1).listed(VIDEO, false)));
  }

  @Test
  void multivariantPlaylist_ofASourceAmongItsRungs_offersItFirst() {
    assertThat(variants(ladder().segments(1))).containsExactly("source", "1080p", "480p");
  }

  @Test
  void multivariantPlaylist_whileNoListedRungPlays_offersTheSource() {
    Broadcast starting = ladder().listed(VIDEO, false).segment(VIDEO).segment(AUDIO);
    assertThat(variants(starting)).containsExactly("source");
    assertThat(variants(starting.segment(SMALL))).containsExactly("480p");
    assertThat(variants(starting.without(SMALL))).containsExactly("source");
  }

  @Test
  void multivariantPlaylist_ofSoundThatIsEncoded_offersTheSourcesUntilThatPlays() {
    RenditionId aac = new RenditionId("aac");
    Broadcast starting =
        broadcast(9).withVideo().withAudioEncoded(aac).listed(AUDIO, false).segment(VIDEO);
    assertThat(multivariant(starting.segment(AUDIO)))
        .contains("mp4a.40.5", "audio/index.m3u8")
        .doesNotContain("mp4a.40.2", "aac/index.m3u8");
    assertThat(multivariant(starting.segment(aac)))
        .contains("mp4a.40.2", "aac/index.m3u8")
        .doesNotContain("mp4a.40.5", "audio/index.m3u8");
    assertThat(multivariant(starting.without(aac))).contains("audio/index.m3u8");
  }

  @Test
  void independentSegments_areSaidOfThoseThatAre() {
    Broadcast longGop = ladder().segments(1).independent(VIDEO, false);

    assertThat(text(longGop, VIDEO)).doesNotContain("EXT-X-INDEPENDENT-SEGMENTS");
    assertThat(text(longGop, SMALL)).contains("EXT-X-INDEPENDENT-SEGMENTS");
    assertThat(multivariant(longGop)).doesNotContain("EXT-X-INDEPENDENT-SEGMENTS");
    assertThat(multivariant(longGop.listed(VIDEO, false))).contains("EXT-X-INDEPENDENT-SEGMENTS");
  }

  @Test
  void renditionReports_nameAllOtherRenditions() {
    assertThat(
            text(ladder().segments(2), SMALL)
                .lines()
                .filter(line -> line.startsWith("#EXT-X-RENDITION-REPORT")))
        .satisfiesExactly(
            line -> assertThat(line).contains("\"../source/index.m3u8\"", "LAST-MSN=1"),
            line -> assertThat(line).contains("\"../1080p/index.m3u8\"", "LAST-MSN=1"),
            line -> assertThat(line).contains("\"../audio/index.m3u8\"", "LAST-MSN=1"));
  }

  private static List<String> variants(Broadcast broadcast) {
    return multivariant(broadcast)
        .lines()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(uri -> Path.of(uri).getName(2).toString())
        .toList();
  }

  @Test
  void hint_atEveryStep_namesThePartThatComesNext() {
    Seeds.each(
        10,
        random -> {
          Broadcast live = broadcast(5).withVideo().segments(1);
          for (int step = 0; step < 40; step++) {
            MediaPlaylist before = playlist(live, VIDEO);
            boolean open = !before.segments().getLast().complete();
            if (open && random.nextInt(4) == 0) {
              live.complete(VIDEO);
            } else {
              live.part(VIDEO, open ? 320 : 300);
              assertThat(playlist(live, VIDEO).segments().getLast().parts().getLast().uri())
                  .isEqualTo(before.preloadHints().getFirst().uri());
            }
            if (open && playlist(live, VIDEO).segments().getLast().parts().size() == 11) {
              live.complete(VIDEO); // longer would break the target duration
            }
          }
        });
  }

  @Test
  void successivePlaylists_always_obeyTheRulesOfTheSlidingWindow() {
    Seeds.each(
        5,
        random -> {
          Broadcast live = broadcast(4 + random.nextInt(8)).withVideo().withAudio().segments(1);
          Map<Long, String> published = new HashMap<>();
          MediaPlaylist before = playlist(live, VIDEO);
          for (int step = 0; step < 120; step++) {
            boolean open = !playlist(live, VIDEO).segments().getLast().complete();
            int parts = open ? playlist(live, VIDEO).segments().getLast().parts().size() : 0;
            if (open && (parts == 11 || random.nextInt(6) == 0)) {
              live.complete(VIDEO);
            } else if (!open && random.nextInt(5) == 0) {
              live.nextEpoch().part(VIDEO);
            } else {
              live.part(VIDEO);
            }
            MediaPlaylist after = playlist(live, VIDEO);
            assertSlid(before, after);
            for (int i = 0; i < after.segments().size(); i++) {
              String uri = after.segments().get(i).uri();
              String known = published.putIfAbsent(after.mediaSequence() + i, uri);
              assertThat(known).isIn(null, uri);
            }
            before = after;
          }
        });
  }

  /// rfc8216bis-22 §6.2.1, §6.2.2: append, remove from the front, drop old parts; nothing else.
  private static void assertSlid(MediaPlaylist before, MediaPlaylist after) {
    assertThat(after.targetDurationSeconds()).isEqualTo(before.targetDurationSeconds());
    assertThat(after.serverControl()).isEqualTo(before.serverControl());
    assertThat(after.mediaSequence()).isGreaterThanOrEqualTo(before.mediaSequence());
    int removed = (int) (after.mediaSequence() - before.mediaSequence());
    long discontinuitiesGone =
        before.segments().subList(0, removed).stream().filter(s -> s.discontinuity()).count();
    assertThat(after.discontinuitySequence())
        .isEqualTo(before.discontinuitySequence() + discontinuitiesGone);
    for (int i = removed; i < before.segments().size(); i++) {
      var was = before.segments().get(i);
      var is = after.segments().get(i - removed);
      assertThat(is.uri()).isEqualTo(was.uri());
      assertThat(is.map()).isEqualTo(was.map());
      assertThat(is.programDateTime()).isEqualTo(was.programDateTime());
      assertThat(is.discontinuity()).isEqualTo(was.discontinuity());
      if (was.complete()) {
        assertThat(is.duration()).isEqualTo(was.duration());
        assertThat(is.parts())
            .satisfiesAnyOf(
                parts -> assertThat(parts).isEmpty(),
                parts -> assertThat(parts).isEqualTo(was.parts()));
      } else {
        assertThat(is.parts())
            .startsWith(was.parts().toArray(new nova.media.hls.PartialSegment[0]));
      }
    }
    // Parts of the last three target durations are there, in full.
    List<Long> fromEnd = new ArrayList<>();
    long distance = 0;
    for (int i = after.segments().size() - 1; i >= 0; i--) {
      fromEnd.addFirst(distance);
      distance += after.segments().get(i).duration();
    }
    for (int i = 0; i < after.segments().size(); i++) {
      assertThat(after.segments().get(i).parts().isEmpty())
          .isEqualTo(fromEnd.get(i) >= 12 * 90_000L);
    }
  }

  private static String multivariant(Broadcast broadcast) {
    return MultivariantPlaylistWriter.write(
        MultivariantRenderer.multivariantPlaylist(broadcast.snapshot()));
  }
}
