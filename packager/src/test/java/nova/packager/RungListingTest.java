package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static nova.packager.SyntheticRung.FIRST;
import static nova.packager.SyntheticRung.LARGE;
import static nova.packager.SyntheticRung.SECOND;
import static nova.packager.SyntheticRung.SMALL;
import static nova.packager.SyntheticRung.changed;
import static nova.packager.SyntheticRung.encoded;
import static nova.packager.SyntheticRung.upTo;
import static nova.packager.SyntheticRung.without;
import static nova.packager.Timelines.assertAligned;
import static nova.packager.Timelines.gaps;
import static nova.packager.Timelines.lastComplete;
import static nova.packager.Timelines.lastNumber;
import static nova.packager.Timelines.numbers;
import static nova.packager.Timelines.rendition;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nova.core.Bytes;
import nova.framelog.LogEntry;
import nova.framelog.SyntheticBroadcast;
import nova.media.MediaFrame;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When rungs come into the playlists, leave them, and come back.
class RungListingTest {
  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void rung_isShownFromItsFirstCompleteSegment_andNobodyWaitsForIt() {
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    List<LogEntry> entries = encoded(FIRST);
    rung.write(upTo(entries, 1));
    stream.write(FIRST);
    TimelineSnapshot before = stream.await(s -> lastNumber(s, SOURCE) >= 3);
    assertThat(before.playable()).isTrue();
    assertThat(before.rendition(SMALL)).isEmpty();

    rung.write(SyntheticRung.from(entries, 1));
    TimelineSnapshot shown = stream.await(s -> s.rendition(SMALL).isPresent());
    assertThat(rendition(shown, SMALL).lastCompleteSegment()).isPresent();
    assertThat(stream.snapshots)
        .allSatisfy(
            s ->
                assertThat(s.rendition(SMALL).stream())
                    .allMatch(r -> r.lastCompleteSegment().isPresent()));
  }

  @Test
  void rungsComeLargestFirst_andTheSourceIsListedAsTheLadderSays() {
    stream.ladder(false, LARGE, SMALL);
    stream.write(FIRST);
    SyntheticRung small = new SyntheticRung(stream, SMALL, 1);
    small.write(encoded(FIRST));
    TimelineSnapshot _ = stream.await(s -> s.rendition(SMALL).isPresent());
    SyntheticRung large = new SyntheticRung(stream, LARGE, 2);
    large.write(encoded(SyntheticRung.source(FIRST), 1080));
    TimelineSnapshot both = stream.await(s -> s.rendition(LARGE).isPresent());

    assertThat(both.renditions())
        .extracting(RenditionTimeline::id)
        .containsExactly(SOURCE, LARGE, SMALL, AUDIO);
    assertThat(both.renditions())
        .filteredOn(r -> !r.listed())
        .extracting(RenditionTimeline::id)
        .containsExactly(SOURCE);

    stream.ladder(true, LARGE, SMALL);
    stream.write(SyntheticBroadcast.usual(2), Duration.ofSeconds(6));
    assertThat(rendition(stream.await(s -> rendition(s, SOURCE).listed()), SMALL).listed())
        .isTrue();
  }

  @Test
  void rungThatLeft_isNotListed_andItsMediaGoesWithItsTime() {
    stream.ladder(true, SMALL);
    stream.write(FIRST);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(encoded(FIRST));
    TimelineSnapshot shown = stream.await(s -> lastComplete(s, SMALL) == 3);
    stream.ladder(true);
    stream.write(SyntheticBroadcast.usual(4), Duration.ofSeconds(6));
    TimelineSnapshot open = stream.await(s -> lastNumber(s, SOURCE) >= 5);
    assertThat(open.rendition(SMALL)).as("its log goes on").isPresent();

    rung.close();
    TimelineSnapshot _ = stream.await(s -> s.rendition(SMALL).isEmpty());
    for (TimelineSegment segment : rendition(shown, SMALL).segments()) {
      assertThat(stream.bytes(SMALL, segment).length()).isPositive();
    }

    stream.write(SyntheticBroadcast.usual(160), Duration.ofSeconds(10));
    TimelineSnapshot _ = stream.close("over");
    stream.packager.close();
    assertThat(stream.segments.oldestSegment(STREAM, SMALL)).isEmpty();
  }

  @Test
  void listedRungWhoseLogIsOver_goesOnInItsWindowWithTheNextRun() {
    stream.ladder(true, SMALL);
    stream.write(FIRST);
    List<LogEntry> entries = encoded(FIRST, SECOND);
    SyntheticRung first = new SyntheticRung(stream, SMALL, 1);
    first.write(upTo(entries, 2));
    first.close();
    TimelineSnapshot _ = stream.await(s -> lastComplete(s, SMALL) == 1);
    stream.write(SECOND);
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SOURCE) >= 6);
    SyntheticRung second = new SyntheticRung(stream, SMALL, 2);
    second.write(without(entries, n -> n < 5));
    second.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE));
    assertThat(gaps(ended, SMALL)).containsExactly(2L, 3L, 4L);
    assertAligned(ended, SMALL);
  }

  @Test
  void rungThatLeftAndComesBack_neverRewritesWhatItHad() {
    stream.ladder(true, SMALL);
    stream.write(FIRST, SECOND);
    List<LogEntry> entries = encoded(FIRST, SECOND);
    SyntheticRung first = new SyntheticRung(stream, SMALL, 1);
    first.write(upTo(entries, 4));
    TimelineSnapshot before = stream.await(s -> lastComplete(s, SMALL) == 3);
    List<Bytes> bytes = bytes(before);
    stream.ladder(true);
    first.close();
    TimelineSnapshot _ = stream.await(s -> s.rendition(SMALL).isEmpty());
    stream.ladder(true, SMALL);
    SyntheticRung second = new SyntheticRung(stream, SMALL, 2);
    second.write(
        changed(without(entries, n -> n < 3), _ -> true, RungListingTest::withOtherPayload));
    second.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(bytes(before)).isEqualTo(bytes);
    assertThat(stream.metrics.count("too-late")).isEqualTo(60);
    assertThat(numbers(ended, SMALL)).containsExactly(4L, 5L, 6L);
    assertThat(gaps(ended, SMALL)).isEmpty();
    assertAligned(ended, SMALL);
  }

  private static MediaFrame withOtherPayload(MediaFrame frame) {
    return new MediaFrame(
        frame.track(),
        frame.dts(),
        frame.pts(),
        frame.keyframe(),
        Bytes.ofHex("00000006aabbccddeeff"));
  }

  private List<Bytes> bytes(TimelineSnapshot snapshot) {
    return rendition(snapshot, SMALL).segments().stream()
        .map(segment -> stream.bytes(SMALL, segment))
        .toList();
  }
}
