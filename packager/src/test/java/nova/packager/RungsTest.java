package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static nova.packager.Timelines.assertAligned;
import static nova.packager.Timelines.assertPartsKeepToTheTarget;
import static nova.packager.Timelines.discontinuities;
import static nova.packager.Timelines.gaps;
import static nova.packager.Timelines.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.core.RenditionId;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungMisaligned;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.WriterFencedException;
import nova.media.MediaFrame;
import nova.packager.SyntheticRung.Sent;
import nova.segments.RenditionFormat;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Encoded rungs beside the source: the same numbers and starts, whatever happens to their logs.
class RungsTest {
  private static final RenditionId SMALL = new RenditionId("480p");
  private static final RenditionId LARGE = new RenditionId("1080p");
  private static final RenditionId AAC = new RenditionId("aac");

  // Segments 1 to 3, and 4 to 6: so few that none is declared a gap, whichever thread is first.
  private static final Sent FIRST = new Sent(SyntheticBroadcast.usual(6), Duration.ZERO);
  private static final Sent SECOND = new Sent(SyntheticBroadcast.usual(6), Duration.ofSeconds(6));

  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void rung_hasTheNumbersAndStartsOfTheSource() {
    ladder(true, SMALL);
    Sent longer = new Sent(SyntheticBroadcast.usual(20), Duration.ZERO);
    send(longer);
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
    send(FIRST, SECOND);
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
    send(FIRST, SECOND);
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SOURCE) >= 6);
    rung.write(from(entries, 2));
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
    rung.write(SyntheticRung.without(encoded(FIRST, SECOND), n -> n == 2 || n == 3));
    rung.close();
    send(FIRST, SECOND);
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
        rung.write(SyntheticRung.without(encoded(FIRST, SECOND), n -> n < first));
        rung.close();
        TimelineSnapshot ended = one.close("over");

        assertThat(numbers(ended, SMALL).getFirst()).isEqualTo(first);
        assertAligned(ended, SMALL);
      }
    }
  }

  @Test
  void rung_isShownFromItsFirstCompleteSegment_andNobodyWaitsForIt() {
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    List<LogEntry> entries = encoded(FIRST);
    rung.write(upTo(entries, 1));
    send(FIRST);
    TimelineSnapshot before = stream.await(s -> lastNumber(s, SOURCE) >= 3);
    assertThat(before.playable()).isTrue();
    assertThat(before.rendition(SMALL)).isEmpty();

    rung.write(from(entries, 1));
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
    ladder(false, LARGE, SMALL);
    send(FIRST);
    SyntheticRung small = new SyntheticRung(stream, SMALL, 1);
    small.write(encoded(FIRST));
    TimelineSnapshot _ = stream.await(s -> s.rendition(SMALL).isPresent());
    SyntheticRung large = new SyntheticRung(stream, LARGE, 2);
    large.write(SyntheticRung.encoded(SyntheticRung.source(FIRST), 1080));
    TimelineSnapshot both = stream.await(s -> s.rendition(LARGE).isPresent());

    assertThat(both.renditions())
        .extracting(RenditionTimeline::id)
        .containsExactly(SOURCE, LARGE, SMALL, AUDIO);
    assertThat(both.renditions())
        .filteredOn(r -> !r.listed())
        .extracting(RenditionTimeline::id)
        .containsExactly(SOURCE);

    ladder(true, LARGE, SMALL);
    stream.write(SyntheticBroadcast.usual(2), Duration.ofSeconds(6));
    assertThat(rendition(stream.await(s -> rendition(s, SOURCE).listed()), SMALL).listed())
        .isTrue();
  }

  @Test
  void rungOfALongGop_isIndependentAlthoughTheSourceIsNot() {
    Sent longGop = new Sent(SyntheticBroadcast.usual(30).withFps(30, 250), Duration.ZERO);
    send(longGop);
    TimelineSnapshot _ = stream.await(s -> endSeconds(s, SOURCE) > 29);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(encoded(longGop));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(rendition(ended, SOURCE).independentSegments()).isFalse();
    assertThat(rendition(ended, SMALL).independentSegments()).isTrue();
    assertAligned(ended, SMALL);
    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE));
    assertThat(gaps(ended, SMALL)).isEmpty();
  }

  @Test
  void rungThatLeft_isNotListed_andItsMediaGoesWithItsTime() {
    ladder(true, SMALL);
    send(FIRST);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(encoded(FIRST));
    TimelineSnapshot shown = stream.await(s -> lastComplete(s, SMALL) == 3);
    ladder(true);
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
    ladder(true, SMALL);
    send(FIRST);
    List<LogEntry> entries = encoded(FIRST, SECOND);
    SyntheticRung first = new SyntheticRung(stream, SMALL, 1);
    first.write(upTo(entries, 2));
    first.close();
    TimelineSnapshot _ = stream.await(s -> lastComplete(s, SMALL) == 1);
    send(SECOND);
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SOURCE) >= 6);
    SyntheticRung second = new SyntheticRung(stream, SMALL, 2);
    second.write(SyntheticRung.without(entries, n -> n < 5));
    second.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE));
    assertThat(gaps(ended, SMALL)).containsExactly(2L, 3L, 4L);
    assertAligned(ended, SMALL);
  }

  @Test
  void rungThatLeftAndComesBack_neverRewritesWhatItHad() {
    ladder(true, SMALL);
    send(FIRST, SECOND);
    List<LogEntry> entries = encoded(FIRST, SECOND);
    SyntheticRung first = new SyntheticRung(stream, SMALL, 1);
    first.write(upTo(entries, 4));
    TimelineSnapshot before = stream.await(s -> lastComplete(s, SMALL) == 3);
    List<Bytes> bytes = bytes(before);
    ladder(true);
    first.close();
    TimelineSnapshot _ = stream.await(s -> s.rendition(SMALL).isEmpty());
    ladder(true, SMALL);
    SyntheticRung second = new SyntheticRung(stream, SMALL, 2);
    second.write(
        SyntheticRung.changed(
            SyntheticRung.without(entries, n -> n < 3), _ -> true, RungsTest::withOtherPayload));
    second.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(bytes(before)).isEqualTo(bytes);
    assertThat(stream.metrics.count("too-late")).isEqualTo(60);
    assertThat(numbers(ended, SMALL)).containsExactly(4L, 5L, 6L);
    assertThat(gaps(ended, SMALL)).isEmpty();
    assertAligned(ended, SMALL);
  }

  @Test
  void misalignedSegment_isAGap_andSaid() throws Exception {
    send(FIRST);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(SyntheticRung.changed(encoded(FIRST), n -> n == 2, frame -> shifted(frame, 40)));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(gaps(ended, SMALL)).containsExactly(2L);
    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE));
    assertAligned(ended, SMALL);
    assertThat(stream.metrics.count("misaligned 480p")).isEqualTo(1);
    assertThat(stream.metrics.count("misaligned")).isEqualTo(60);
    RungMisaligned said = stream.next(RungMisaligned.class);
    assertThat(said.number()).isEqualTo(2);
    assertThat(said.offsetMs()).isEqualTo(40);
    assertThat(said.rendition()).isEqualTo(SMALL);
  }

  @Test
  void rungOfAnotherNumbering_isNeverShown() {
    send(FIRST, SECOND);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(
        encoded(FIRST).stream()
            .<LogEntry>map(
                entry ->
                    entry instanceof LoggedFrame f
                        ? new LoggedFrame(
                            f.frame(), f.arrivedAt(), f.wallClock(), f.segment() + 1, f.cut())
                        : entry)
            .toList());
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(ended.rendition(SMALL)).isEmpty();
    assertThat(stream.metrics.count("misaligned 480p")).isEqualTo(3);
  }

  @Test
  void rungWhoseWorkerWasReplaced_hasEveryNumber() {
    List<LogEntry> entries = encoded(FIRST, SECOND);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    int middle = indexOf(entries, 2) + 30; // of segment 2
    send(FIRST);
    rung.write(entries.subList(0, middle));
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SMALL) >= 2);
    stream.write(SyntheticBroadcast.usual(4), Duration.ofSeconds(6));
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SOURCE) >= 5);
    rung.takeOver();
    rung.write(SyntheticRung.without(entries.subList(middle, entries.size()), n -> n > 5));
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
    var _ = stream.writer().startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN);
    for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
      if (arrival.at().equals(SyntheticBroadcast.BEGIN.plusSeconds(14))) {
        TimelineSnapshot _ = stream.await(s -> lastNumber(s, SMALL) >= 5);
      }
      var _ = stream.writer().append(arrival.frame(), arrival.at());
    }
    TimelineSnapshot away = stream.await(s -> lastNumber(s, SOURCE) >= 20);
    assertThat(lastNumber(away, SMALL)).as("ended 15 s before 20 began").isEqualTo(11);
    rung.write(from(entries, 6));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(gaps(ended, SMALL)).containsExactly(6L, 7L, 8L, 9L, 10L, 11L);
    assertThat(stream.metrics.count("too-late")).isEqualTo(6 * 60);
    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).hasSize(20);
    assertAligned(ended, SMALL);
  }

  @Test
  void rungThatNeverCloses_doesNotKeepTheStreamFromEnding() throws Exception {
    send(FIRST);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(upTo(encoded(FIRST), 3));
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SMALL) >= 2);
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE));
    assertThat(gaps(ended, SMALL)).containsExactly(3L);
    assertThat(stream.threads).hasSize(2);
    SyntheticRung late = new SyntheticRung(stream, LARGE, 2);
    assertThat(stream.threads).as("a rung that comes too late is not read").hasSize(2);
    assertThatThrownBy(late::close).isInstanceOf(WriterFencedException.class);
    stream.packager.close();
    for (Thread thread : stream.threads) {
      assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
    }
    assertThat(stream.rungs.sizeBytes()).isZero();
  }

  @Test
  void rungThatCannotBePackaged_leavesAlone() {
    send(FIRST);
    List<LogEntry> entries = encoded(FIRST);
    SyntheticRung good = new SyntheticRung(stream, LARGE, 1);
    good.write(entries);
    SyntheticRung bad = new SyntheticRung(stream, SMALL, 2);
    bad.write(upTo(entries, 3));
    TimelineSnapshot _ = stream.await(s -> lastComplete(s, SMALL) >= 1);
    // A composition offset that no box can hold.
    bad.write(
        SyntheticRung.changed(
            from(entries, 3),
            n -> n == 3,
            f ->
                f.keyframe()
                    ? f
                    : new MediaFrame(f.track(), f.dts(), 1L << 40, false, f.payload())));
    TimelineSnapshot without = stream.await(s -> s.rendition(SMALL).isEmpty());
    assertThat(without.rendition(LARGE)).isPresent();
    good.close();
    bad.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(stream.metrics.count("failed 480p")).isEqualTo(1);
    assertThat(ended.renditions())
        .extracting(RenditionTimeline::id)
        .containsExactly(SOURCE, LARGE, AUDIO);
    assertThat(stream.rungs.sizeBytes()).isZero();
  }

  @Test
  void encodedSound_takesThePlaceOfTheSources_withItsNumbers() {
    stream.publish(
        new LadderChanged(STREAM, Instant.EPOCH, true, false, List.of(AAC), "it is HE-AAC"));
    send(FIRST, SECOND);
    SyntheticRung rung = new SyntheticRung(stream, AAC, 1);
    rung.write(ofSound(0, FIRST, SECOND));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(ended.renditions())
        .extracting(RenditionTimeline::id)
        .containsExactly(SOURCE, AAC, AUDIO);
    assertThat(ended.renditions())
        .filteredOn(r -> !r.listed())
        .extracting(RenditionTimeline::id)
        .containsExactly(AUDIO);
    assertThat(numbers(ended, AAC)).isEqualTo(numbers(ended, AUDIO)).hasSize(6);
    assertThat(gaps(ended, AAC)).isEmpty();
    assertThat(discontinuities(ended, AAC)).isEqualTo(discontinuities(ended, AUDIO));
    assertPartsKeepToTheTarget("sound", rendition(ended, AAC));
  }

  @Test
  void encodedSound_mayBeginAFrameLater_andNotMore() {
    send(FIRST);
    SyntheticRung rung = new SyntheticRung(stream, AAC, 1);
    rung.write(ofSound(1_000, FIRST));
    rung.close();
    SyntheticRung late = new SyntheticRung(stream, SMALL, 2);
    late.write(ofSound(1_200, FIRST));
    late.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, AAC)).containsExactly(1L, 2L, 3L);
    assertThat(gaps(ended, AAC)).isEmpty();
    assertThat(ended.rendition(SMALL)).isEmpty();
    assertThat(stream.metrics.count("misaligned 480p")).isEqualTo(3);
  }

  @Test
  void encodedSoundOfABroadcastWithoutPicture_isComparedWithItsSource() {
    SyntheticBroadcast soundOnly = SyntheticBroadcast.usual(12).withFps(0, 1);
    stream.write(soundOnly, Duration.ZERO);
    SyntheticRung rung = new SyntheticRung(stream, AAC, 1);
    rung.write(ofSound(0, new Sent(soundOnly, Duration.ZERO)));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, AAC)).isEqualTo(numbers(ended, AUDIO)).isNotEmpty();
    assertThat(gaps(ended, AAC)).isEmpty();
  }

  /// The source's sound as it is, so many samples later.
  private static List<LogEntry> ofSound(long later, Sent... epochs) {
    List<LogEntry> sound = new ArrayList<>();
    for (LogEntry entry : SyntheticRung.source(epochs)) {
      switch (entry) {
        case TrackFormatChanged changed when !changed.track().equals(TrackId.AUDIO) -> {}
        case LoggedFrame f when f.frame().track().equals(TrackId.AUDIO) -> {
          long dts = f.frame().dts() + later;
          MediaFrame frame = new MediaFrame(TrackId.AUDIO, dts, dts, true, f.frame().payload());
          sound.add(new LoggedFrame(frame, f.arrivedAt(), f.wallClock(), f.segment(), f.cut()));
        }
        case LoggedFrame _ -> {}
        default -> sound.add(entry);
      }
    }
    return sound;
  }

  private void ladder(boolean sourceListed, RenditionId... rungs) {
    stream.publish(
        new LadderChanged(STREAM, Instant.EPOCH, sourceListed, true, List.of(rungs), "it is so"));
  }

  private void send(Sent... epochs) {
    for (Sent epoch : epochs) {
      stream.write(epoch.broadcast(), epoch.after());
    }
  }

  private static List<LogEntry> encoded(Sent... epochs) {
    return SyntheticRung.encoded(SyntheticRung.source(epochs), 480);
  }

  private static List<LogEntry> upTo(List<LogEntry> entries, long number) {
    return entries.subList(0, indexOf(entries, number));
  }

  private static List<LogEntry> from(List<LogEntry> entries, long number) {
    return entries.subList(indexOf(entries, number), entries.size());
  }

  private static int indexOf(List<LogEntry> entries, long number) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) instanceof LoggedFrame frame && frame.segment() >= number) {
        return i;
      }
    }
    return entries.size();
  }

  private static MediaFrame shifted(MediaFrame frame, long ms) {
    return new MediaFrame(
        frame.track(), frame.dts(), frame.pts() + ms * 90, frame.keyframe(), frame.payload());
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

  private static RenditionTimeline rendition(TimelineSnapshot snapshot, RenditionId id) {
    return snapshot.rendition(id).orElseThrow();
  }

  private static long lastNumber(TimelineSnapshot snapshot, RenditionId id) {
    return snapshot.rendition(id).map(r -> r.segments().getLast().number()).orElse(-1L);
  }

  private static double endSeconds(TimelineSnapshot snapshot, RenditionId id) {
    return snapshot
        .rendition(id)
        .map(
            r -> {
              TimelineSegment last = r.segments().getLast();
              return r.timescale().toSeconds(last.start() + last.duration());
            })
        .orElse(0.0);
  }

  private static long lastComplete(TimelineSnapshot snapshot, RenditionId id) {
    return snapshot
        .rendition(id)
        .flatMap(RenditionTimeline::lastCompleteSegment)
        .map(TimelineSegment::number)
        .orElse(-1L);
  }
}
