package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static nova.packager.SyntheticRung.FIRST;
import static nova.packager.SyntheticRung.SECOND;
import static nova.packager.SyntheticRung.SMALL;
import static nova.packager.SyntheticRung.encoded;
import static nova.packager.SyntheticRung.indexOf;
import static nova.packager.SyntheticRung.upTo;
import static nova.packager.SyntheticRung.without;
import static nova.packager.Timelines.assertAligned;
import static nova.packager.Timelines.assertPartsKeepToTheTarget;
import static nova.packager.Timelines.discontinuities;
import static nova.packager.Timelines.endSeconds;
import static nova.packager.Timelines.gaps;
import static nova.packager.Timelines.lastNumber;
import static nova.packager.Timelines.numbers;
import static nova.packager.Timelines.rendition;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.core.StreamEvent.RungMisaligned;
import nova.framelog.LogEntry;
import nova.framelog.SyntheticBroadcast;
import nova.packager.SyntheticRung.Sent;
import nova.segments.RenditionFormat;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Encoded rungs beside the source: the same numbers and starts, however far their logs are.
class RungsTest {
  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void rung_hasTheNumbersAndStartsOfTheSource() {
    stream.ladder(true, SMALL);
    Sent longer = new Sent(SyntheticBroadcast.usual(20), Duration.ZERO);
    stream.write(longer);
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SOURCE) >= 10);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(encoded(longer));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(ended.renditions())
        .extracting(RenditionTimeline::id)
        .containsExactly(SOURCE, SMALL, AUDIO);
    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).hasSize(10);
    assertAligned(ended, SMALL);
    assertThat(gaps(ended, SMALL)).isEmpty();
    RenditionTimeline small = rendition(ended, SMALL);
    assertPartsKeepToTheTarget("rung", small);
    assertThat(small.format())
        .isInstanceOfSatisfying(
            RenditionFormat.Video.class,
            video -> {
              assertThat(video.height()).isEqualTo(480);
              assertThat(video.frameRate()).isEqualTo(30);
              assertThat(video.averageBitrateBps()).isPositive();
            });
    for (TimelineSegment segment : small.segments()) {
      assertThat((long) stream.bytes(SMALL, segment).length()).isEqualTo(segment.sizeBytes());
      assertThat(stream.segments.init(STREAM, SMALL, segment.epoch())).isPresent();
    }
    assertThat(stream.rungs.sizeBytes()).isZero();
  }

  @Test
  void rungThatIsAheadOfThePackager_waitsForTheSource() {
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(encoded(FIRST, SECOND));
    rung.close();
    stream.write(FIRST, SECOND);
    TimelineSnapshot ended = stream.close("over");

    assertAligned(ended, SMALL);
    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).hasSize(6);
    assertThat(stream.metrics.count("misaligned 480p")).isZero();
  }

  @Test
  void rungBehindAnEpoch_finishesIt_andGoesOnInTheNext() {
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    List<LogEntry> entries = encoded(FIRST, SECOND);
    rung.write(upTo(entries, 2));
    stream.write(FIRST, SECOND);
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SOURCE) >= 6);
    rung.write(SyntheticRung.from(entries, 2));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertAligned(ended, SMALL);
    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).hasSize(6);
    assertThat(gaps(ended, SMALL)).isEmpty();
    assertThat(discontinuities(ended, SMALL)).containsExactly(4L);
  }

  @Test
  void rungThatLacksTheEndOfAnEpoch_listsGapsOfThatEpoch() {
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(without(encoded(FIRST, SECOND), n -> n == 2 || n == 3));
    rung.close();
    stream.write(FIRST, SECOND);
    TimelineSnapshot ended = stream.close("over");

    assertAligned(ended, SMALL);
    assertThat(gaps(ended, SMALL)).containsExactly(2L, 3L);
    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE));
    assertThat(discontinuities(ended, SMALL)).containsExactly(4L);
  }

  @Test
  void rungThatComesLate_hasTheDiscontinuitySequenceOfTheSource() {
    for (long first : new long[] {2, 4, 5}) {
      try (PackagedStream one = new PackagedStream(PackagerConfig.defaults())) {
        one.write(FIRST.broadcast(), FIRST.after());
        one.write(SECOND.broadcast(), SECOND.after());
        SyntheticRung rung = new SyntheticRung(one, SMALL, 1);
        rung.write(without(encoded(FIRST, SECOND), n -> n < first));
        rung.close();
        TimelineSnapshot ended = one.close("over");

        assertThat(numbers(ended, SMALL).getFirst()).isEqualTo(first);
        assertAligned(ended, SMALL);
      }
    }
  }

  @Test
  void rungOfALongGop_isIndependentAlthoughTheSourceIsNot() {
    Sent longGop = new Sent(SyntheticBroadcast.usual(30).withFps(30, 250), Duration.ZERO);
    stream.write(longGop);
    TimelineSnapshot _ = stream.await(s -> endSeconds(s, SOURCE) > 29);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(encoded(longGop));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertWholeOfADependentSource(ended, "250 frames per keyframe");
    assertThat(rendition(ended, SMALL).independentSegments()).isTrue();
    assertAligned(ended, SMALL);
  }

  private static void assertWholeOfADependentSource(TimelineSnapshot ended, String which) {
    assertThat(rendition(ended, SOURCE).independentSegments()).as(which).isFalse();
    assertThat(numbers(ended, SMALL)).as(which).isEqualTo(numbers(ended, SOURCE));
    assertThat(gaps(ended, SMALL)).as(which).isEmpty();
  }

  /// Where such a source is cut, it is not known yet when what follows is shown first.
  @Test
  void rungOfALongUnsteadyGop_hasEverySegmentThatTheSourceHas() {
    for (int reorder : new int[] {0, 1, 2, 3}) {
      Sent unsteady =
          new Sent(
              SyntheticBroadcast.usual(30)
                  .withFps(30, 193)
                  .withReorder(reorder)
                  .withUnsteadyFrames(),
              Duration.ZERO);
      try (PackagedStream one = new PackagedStream(PackagerConfig.defaults())) {
        one.write(unsteady);
        TimelineSnapshot _ = one.await(s -> endSeconds(s, SOURCE) > 29);
        SyntheticRung rung = new SyntheticRung(one, SMALL, 1);
        rung.write(encoded(unsteady));
        rung.close();
        TimelineSnapshot ended = one.close("over");

        assertWholeOfADependentSource(ended, reorder + " frames reordered");
        assertThat(one.metrics.count("misaligned 480p")).isZero();
      }
    }
  }

  @Test
  void rungThatIsLateAtACutWithinAGroup_isAGap_andSaid() throws Exception {
    Sent longGop = new Sent(SyntheticBroadcast.usual(20).withFps(30, 250), Duration.ZERO);
    stream.write(longGop);
    TimelineSnapshot _ = stream.await(s -> endSeconds(s, SOURCE) > 19);
    List<LogEntry> entries = new ArrayList<>(encoded(longGop));
    entries.remove(indexOf(entries, 2));
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(entries);
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(gaps(ended, SMALL)).containsExactly(2L);
    RungMisaligned said = stream.next(RungMisaligned.class);
    assertThat(said.number()).isEqualTo(2);
    assertThat(said.offsetMs()).isBetween(33L, 34L);
  }

  @Test
  void rungWhoseWorkerWasReplaced_hasEveryNumber() {
    List<LogEntry> entries = encoded(FIRST, SECOND);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    int middle = indexOf(entries, 2) + 30; // of segment 2
    stream.write(FIRST);
    rung.write(entries.subList(0, middle));
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SMALL) >= 2);
    stream.write(SyntheticBroadcast.usual(4), Duration.ofSeconds(6));
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SOURCE) >= 5);
    rung.takeOver();
    rung.write(without(entries.subList(middle, entries.size()), n -> n > 5));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).hasSize(5);
    assertThat(gaps(ended, SMALL)).isEmpty();
    assertAligned(ended, SMALL);
    assertThat(stream.metrics.count("too-late")).isZero();
    for (TimelineSegment segment : rendition(ended, SMALL).segments()) {
      assertThat(segment.parts()).hasSizeBetween(6, 7);
    }
  }

  @Test
  void rungThatStaysAway_listsGaps_andGoesOnWhereItComesBack() {
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(40);
    List<LogEntry> entries = encoded(new Sent(broadcast, Duration.ZERO));
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(upTo(entries, 6));
    writeWithRung(stream, broadcast);
    TimelineSnapshot away = stream.await(s -> lastNumber(s, SOURCE) >= 20);
    assertThat(lastNumber(away, SMALL)).as("ended 15 s before 20 began").isEqualTo(11);
    rung.write(SyntheticRung.from(entries, 6));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(gaps(ended, SMALL)).containsExactly(6L, 7L, 8L, 9L, 10L, 11L);
    assertThat(stream.metrics.count("too-late")).isEqualTo(6 * 60);
    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).hasSize(20);
    assertAligned(ended, SMALL);
  }

  /// Writes it, and waits on the way until the rung has its first five segments.
  private static void writeWithRung(PackagedStream to, SyntheticBroadcast broadcast) {
    var _ = to.writer().startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN);
    for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
      if (arrival.at().equals(SyntheticBroadcast.BEGIN.plusSeconds(14))) {
        TimelineSnapshot _ = to.await(s -> lastNumber(s, SMALL) >= 5);
      }
      var _ = to.writer().append(arrival.frame(), arrival.at());
    }
  }

  @Test
  void rungThatStaysAway_isWaitedForAsLongAsAWorkerFindsTheSource() {
    Sent source = new Sent(SyntheticBroadcast.usual(40), Duration.ZERO);
    List<LogEntry> entries = encoded(source);
    try (PackagedStream keeping = new PackagedStream(Duration.ofSeconds(30))) {
      SyntheticRung rung = new SyntheticRung(keeping, SMALL, 1);
      rung.write(upTo(entries, 6));
      writeWithRung(keeping, source.broadcast());
      TimelineSnapshot away = keeping.await(s -> lastNumber(s, SOURCE) >= 20);
      assertThat(lastNumber(away, SMALL)).as("none ended 35 s before 20 began").isEqualTo(5);
      rung.write(SyntheticRung.from(entries, 6));
      rung.close();
      TimelineSnapshot ended = keeping.close("over");

      assertThat(gaps(ended, SMALL)).isEmpty();
      assertThat(keeping.metrics.count("too-late")).isZero();
      assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).hasSize(20);
    }
  }

  @Test
  void patienceWithRungs_endsWhereThePlaylistsDo() {
    PackagerConfig config = PackagerConfig.defaults();

    assertThat(Gaps.patienceWithRungs(config, Duration.ofSeconds(10))).hasSeconds(15);
    assertThat(Gaps.patienceWithRungs(config, Duration.ofSeconds(30))).hasSeconds(35);
    assertThat(Gaps.patienceWithRungs(config, Duration.ofMinutes(5))).isEqualTo(config.window());
  }
}
