package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static nova.packager.SyntheticRung.SMALL;
import static nova.packager.SyntheticRung.changed;
import static nova.packager.SyntheticRung.encoded;
import static nova.packager.SyntheticRung.indexOf;
import static nova.packager.SyntheticRung.upTo;
import static nova.packager.Timelines.gaps;
import static nova.packager.Timelines.lastComplete;
import static nova.packager.Timelines.lastNumber;
import static nova.packager.Timelines.numbers;
import static nova.packager.Timelines.rendition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamId;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogWriter;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.RungEnd;
import nova.framelog.SyntheticBroadcast;
import nova.media.MediaFrame;
import nova.media.TrackFormat.VideoFormat;
import nova.packager.SyntheticRung.Sent;
import nova.segments.SegmentKey;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.Test;

/// Streams that a process inherits from another, and what else may be wrong then.
class InheritedStreamTest {
  private static final long FOR_EVER = Long.MAX_VALUE;
  private static final Sent SOURCE_SENT = new Sent(SyntheticBroadcast.usual(12), Duration.ZERO);

  private final InProcessFrameLog log = newLog();
  private final FrameLogWriter writer = log.openWriter(STREAM);
  private final SharedShelf shelf = new SharedShelf();
  private final List<LogEntry> source = SyntheticRung.source(SOURCE_SENT);
  private final List<LogEntry> rung = encoded(SOURCE_SENT);

  private static InProcessFrameLog newLog() {
    return new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
  }

  private PackagerNode node() {
    return new PackagerNode(shelf, log, 1, FOR_EVER);
  }

  private void write(List<LogEntry> entries) {
    entries.forEach(writer::append);
  }

  /// A process that packaged the source up to the middle of segment 4, and the rung up to the
  /// middle of segment 3, and is gone.
  private void packageSome() throws InterruptedException {
    write(source.subList(0, indexOf(source, 4) + 60));
    try (PackagerNode first = node()) {
      first.start();
      FrameLogWriter _ = first.rung(SMALL, 1, rung.subList(0, indexOf(rung, 3) + 30));
      shelf.await(
          now ->
              openParts(now, SOURCE, 4) > 1
                  && openParts(now, AUDIO, 4) > 1
                  && openParts(now, SMALL, 3) > 1);
    }
  }

  /// What a process stores as the first part of a rung's segment.
  private Bytes firstPart(long number) throws InterruptedException {
    SharedShelf other = new SharedShelf();
    try (PackagerNode node = new PackagerNode(other, log, 1, FOR_EVER)) {
      node.start();
      FrameLogWriter _ = node.rung(SMALL, 1, rung.subList(0, indexOf(rung, number) + 45));
      other.await(now -> openParts(now, SMALL, number) > 0);
    }
    return other.segments.part(key(number), 0).orElseThrow();
  }

  private static SegmentKey key(long number) {
    return new SegmentKey(STREAM, SMALL, new Epoch(0), number);
  }

  private static int openParts(TimelineSnapshot now, RenditionId id, long number) {
    return now.rendition(id)
        .map(timeline -> timeline.segments().getLast())
        .filter(segment -> !segment.complete() && segment.number() == number)
        .map(segment -> segment.parts().size())
        .orElse(0);
  }

  private TimelineSnapshot now() {
    return shelf.timelines.find(STREAM).orElseThrow();
  }

  private static TimelineSegment segment(TimelineSnapshot now, RenditionId id, long number) {
    return rendition(now, id).segments().stream()
        .filter(segment -> segment.number() == number)
        .findFirst()
        .orElseThrow();
  }

  private List<LogEntry> after(RungEnd end) {
    List<LogEntry> rest = new ArrayList<>(rung.subList(0, 2)); // the epoch's start and format
    boolean first = true;
    for (LogEntry entry : rung.subList(2, rung.size())) {
      if (!(entry instanceof LoggedFrame frame)) {
        rest.add(entry);
      } else if (frame.frame().dts() >= end.end()) {
        boolean keyframe = first || frame.frame().keyframe();
        first = false;
        rest.addAll(
            changed(
                List.of(frame),
                _ -> true,
                old -> new MediaFrame(old.track(), old.dts(), old.pts(), keyframe, old.payload())));
      }
    }
    return rest;
  }

  @Test
  void handedOverStream_endsWithASegment_andTheNextProcessBeginsThere() throws Exception {
    write(source.subList(0, indexOf(source, 3) + 30));
    try (PackagerNode first = node()) {
      first.start();
      FrameLogWriter encoder = first.rung(SMALL, 1, upTo(rung, 3));
      shelf.await(now -> lastNumber(now, SOURCE) == 3 && lastComplete(now, SMALL) == 1);
      CompletableFuture<Boolean> handedOver = new CompletableFuture<>();
      Thread handingOver =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      handedOver.complete(first.packager.handOver(STREAM, Duration.ofSeconds(20)));
                    } catch (InterruptedException e) {
                      handedOver.completeExceptionally(e);
                    }
                  });
      // Which segment is the last is decided then; the source's last one would never be complete.
      await()
          .until(
              () ->
                  Stream.of(handingOver.getStackTrace())
                      .anyMatch(frame -> frame.getMethodName().equals("awaitComplete")));
      write(source.subList(indexOf(source, 3) + 30, source.size() - 1));
      SyntheticRung.from(rung, 3).forEach(encoder::append);

      assertThat(handedOver.join()).isTrue();
      assertThat(first.packager.streams()).isZero();
    }
    long last = lastNumber(now(), SOURCE);
    assertThat(last).isGreaterThanOrEqualTo(3);
    for (RenditionId id : List.of(SOURCE, AUDIO, SMALL)) {
      TimelineSegment end = rendition(now(), id).segments().getLast();
      assertThat(end.number()).as("last of %s", id).isEqualTo(last);
      assertThat(end.complete()).isTrue();
    }

    write(List.of(source.getLast(), new LogEntry.StreamClosed(true, "over")));
    try (PackagerNode second = node()) {
      second.start();
      RungEnd end = second.packager.published(STREAM).orElseThrow().getFirst();
      assertThat(end.segment()).isEqualTo(last);
      FrameLogWriter encoder = second.rung(SMALL, 1, after(end));
      encoder.append(new LogEntry.StreamClosed(true, "over"));
      second.end();
      TimelineSnapshot ended = shelf.awaitEnd();

      shelf.assertMonotone();
      assertThat(gaps(ended, SMALL)).isEmpty();
      assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).hasSize(6);
      for (RenditionId id : List.of(SOURCE, AUDIO, SMALL)) {
        TimelineSegment handed = segment(ended, id, last);
        assertThat(segment(ended, id, last + 1).start())
            .as("begin of the next of %s", id)
            .isEqualTo(handed.start() + handed.duration());
      }
    }
  }

  @Test
  void streamThatIsNotGoneOnWith_isHandedOverAtOnceItsTimeIsOver() throws Exception {
    write(source.subList(0, indexOf(source, 3) + 30));
    try (PackagerNode first = node()) {
      first.start();
      shelf.await(now -> lastNumber(now, SOURCE) == 3);

      assertThat(first.packager.handOver(STREAM, Duration.ofMillis(50))).isFalse();
      assertThat(first.packager.streams()).isZero();
      assertThat(now().state()).isEqualTo(TimelineState.LIVE);
    }
  }

  @Test
  void streamWhoseMediaCannotBeRead_isHandedOverAtOnceItsTimeIsOver() throws Exception {
    packageSome();
    shelf.unavailable(Integer.MAX_VALUE);
    try (PackagerNode second = node()) {
      second.start();
      shelf.awaitAsked();
      CompletableFuture<Boolean> handedOver = new CompletableFuture<>();
      Thread _ = Thread.ofVirtual().start(() -> handOver(second, handedOver));

      assertThat(handedOver.get(20, TimeUnit.SECONDS)).isFalse();
      assertThat(second.packager.streams()).isZero();
      assertThat(now().state()).isEqualTo(TimelineState.LIVE);
    }
  }

  private static void handOver(PackagerNode node, CompletableFuture<Boolean> done) {
    try {
      done.complete(node.packager.handOver(STREAM, Duration.ofMillis(50)));
    } catch (InterruptedException e) {
      done.completeExceptionally(e);
    }
  }

  @Test
  void releasedStream_isLeftAsItIs_andCanBeTakenAgain() throws Exception {
    write(source.subList(0, indexOf(source, 3) + 30));
    try (PackagerNode node = node()) {
      node.start();
      FrameLogWriter _ = node.rung(SMALL, 1, upTo(rung, 3));
      shelf.await(now -> lastNumber(now, SOURCE) == 3 && lastComplete(now, SMALL) == 1);
      node.packager.release(STREAM);
      TimelineSnapshot left = now();
      long bytes = shelf.segments.sizeBytes();
      write(source.subList(indexOf(source, 3) + 30, indexOf(source, 5)));

      assertThat(node.packager.streams()).isZero();
      assertThat(now()).isSameAs(left);
      assertThat(left.state()).isEqualTo(TimelineState.LIVE);
      assertThat(shelf.segments.sizeBytes()).isEqualTo(bytes);
      assertThat(node.events).noneMatch(event -> event.toString().contains("StreamError"));
      node.start();
      shelf.await(now -> lastNumber(now, SOURCE) == 4);
      shelf.assertMonotone();
    }
  }

  @Test
  void rungWithAnotherHeader_leaves_andComesBackWithTheNextEpoch() throws Exception {
    packageSome();
    try (PackagerNode second = node()) {
      second.start();
      RungEnd end = second.packager.published(STREAM).orElseThrow().getFirst();
      List<LogEntry> entries = new ArrayList<>();
      for (LogEntry entry : after(end)) {
        entries.add(
            entry instanceof TrackFormatChanged(var track, VideoFormat format)
                ? new TrackFormatChanged(track, ofAnotherEncoder(format))
                : entry);
      }
      FrameLogWriter encoder = second.rung(SMALL, 1, entries);
      shelf.await(now -> now.rendition(SMALL).isEmpty());

      assertThat(second.metrics.count("failed 480p")).isEqualTo(1);
      SegmentKey open = new SegmentKey(STREAM, SMALL, new Epoch(0), 3);
      assertThat(shelf.segments.segment(open)).as("what players have is whole").isPresent();
      write(source.subList(indexOf(source, 4) + 60, source.size()));
      Sent later = new Sent(SyntheticBroadcast.usual(6), Duration.ofSeconds(12));
      List<LogEntry> both = SyntheticRung.source(SOURCE_SENT, later);
      write(both.subList(source.size(), both.size()));
      List<LogEntry> encodedBoth = encoded(SOURCE_SENT, later);
      encodedBoth.subList(rung.size(), encodedBoth.size()).forEach(encoder::append);
      shelf.await(now -> now.rendition(SMALL).isPresent());
      encoder.append(new LogEntry.StreamClosed(true, "over"));
      writer.append(new LogEntry.StreamClosed(true, "over"));
      second.end();

      TimelineSnapshot ended = shelf.awaitEnd();
      assertThat(segment(ended, SMALL, lastNumber(ended, SOURCE)).epoch()).isEqualTo(new Epoch(1));
      assertThat(shelf.segments.init(STREAM, SMALL, new Epoch(1))).isPresent();
    }
  }

  /// The same pictures with another level.
  private static VideoFormat ofAnotherEncoder(VideoFormat format) {
    byte[] configuration = format.configuration().toByteArray();
    configuration[3]++;
    return new VideoFormat(
        format.codec(),
        format.timescale(),
        format.codecString(),
        format.width(),
        format.height(),
        format.pixelAspectRatio(),
        format.frameRate(),
        Bytes.wrap(configuration));
  }

  @Test
  void rungThatGoesOnWithoutAKeyframe_endsItsSegmentShort() throws Exception {
    packageSome();
    TimelineSegment open = rendition(now(), SMALL).segments().getLast();
    try (PackagerNode second = node()) {
      second.start();
      RungEnd end = second.packager.published(STREAM).orElseThrow().getFirst();
      List<LogEntry> entries =
          after(end).stream()
              .flatMap(
                  entry ->
                      entry instanceof LoggedFrame frame && !frame.cut()
                          ? changed(
                              List.of(frame),
                              _ -> true,
                              old ->
                                  new MediaFrame(
                                      old.track(), old.dts(), old.pts(), false, old.payload()))
                              .stream()
                          : List.of(entry).stream())
              .toList();
      FrameLogWriter _ = second.rung(SMALL, 1, entries);
      write(source.subList(indexOf(source, 4) + 60, source.size()));
      shelf.await(now -> lastComplete(now, SMALL) >= 4);

      TimelineSegment ended = segment(now(), SMALL, open.number());
      assertThat(ended.parts()).isEqualTo(open.parts());
      assertThat(ended.complete()).isTrue();
      assertThat(second.metrics.count("too-late")).isPositive();
    }
  }

  @Test
  void rungWhoseOpenPartsAreLost_beginsAnew() throws Exception {
    packageSome();
    TimelineSegment open = rendition(now(), SMALL).segments().getLast();
    shelf.segments.removeSegmentsBefore(STREAM, SMALL, open.number() + 1);
    try (PackagerNode second = node()) {
      second.start();

      assertThat(second.packager.published(STREAM).orElseThrow()).isEmpty();
      shelf.await(now -> segment(now, SMALL, open.number()).complete());
      assertThat(segment(now(), SMALL, open.number()).parts()).isEqualTo(open.parts());
    }
  }

  @Test
  void partThatIsNotListed_behindANumberThatTheRungLeftOut_isGoneOnWith() throws Exception {
    write(source.subList(0, indexOf(source, 4) + 60));
    try (PackagerNode first = node()) {
      first.start();
      FrameLogWriter _ = first.rung(SMALL, 1, upTo(rung, 3));
      shelf.await(now -> openParts(now, SOURCE, 4) > 1 && openParts(now, SMALL, 2) > 1);
    }
    shelf.putPart(key(4), 0, firstPart(4));
    try (PackagerNode second = node()) {
      second.start();

      RungEnd end = second.packager.published(STREAM).orElseThrow().getFirst();
      assertThat(end.segment()).isEqualTo(4);
      FrameLogWriter encoder = second.rung(SMALL, 2, after(end));
      encoder.append(new LogEntry.StreamClosed(true, "over"));
      write(source.subList(indexOf(source, 4) + 60, source.size()));
      writer.append(new LogEntry.StreamClosed(true, "over"));
      second.end();
      TimelineSnapshot ended = shelf.awaitEnd();

      shelf.assertMonotone();
      assertThat(gaps(ended, SMALL)).containsExactly(3L);
      assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE));
    }
  }

  @Test
  void rung_isGoneOnWith_byTheClockOfItsSource_notOfThisNode() throws Exception {
    packageSome();
    Instant wrong = SyntheticBroadcast.BEGIN.plus(Duration.ofDays(1));
    try (PackagerNode second =
        new PackagerNode(shelf, log, 1, FOR_EVER, InstantSource.fixed(wrong))) {
      second.start();

      RungEnd end = second.packager.published(STREAM).orElseThrow().getFirst();
      TimelineSegment last = segment(now(), SMALL, end.segment());
      assertThat(end.until())
          .isAfter(last.programDateTime().plus(PackagerConfig.defaults().window()))
          .isBefore(last.programDateTime().plus(PackagerConfig.defaults().window()).plusSeconds(4));
    }
  }

  @Test
  void streamThatIsNew_hasNothingPublished() throws Exception {
    try (PackagerNode first = node()) {
      first.start();

      assertThat(first.packager.published(STREAM)).isEmpty();
      assertThat(first.packager.published(new StreamId("other"))).isEmpty();
    }
  }

  @Test
  void rungThatNobodyEncodesOn_becomesGaps_andLeavesWithTheLadder() throws Exception {
    packageSome();
    try (PackagerNode second = node()) {
      second.start();
      second.publish(
          new LadderChanged(STREAM, Instant.EPOCH, true, true, List.of(), "nothing is encoded"));
      write(source.subList(indexOf(source, 4) + 60, source.size()));
      shelf.await(now -> now.rendition(SMALL).isEmpty());

      assertThat(numbers(now(), SOURCE)).startsWith(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void logThatHasLostTheOpenSegment_endsItShort_andGoesOnBehind() throws Exception {
    packageSome();
    TimelineSnapshot left = now();
    InProcessFrameLog young = newLog();
    FrameLogWriter kept = young.openWriter(STREAM);
    source.subList(0, 3).forEach(kept::append); // the epoch's start and formats
    source.subList(indexOf(source, 4) + 1, source.size()).forEach(kept::append);
    kept.append(new LogEntry.StreamClosed(true, "over"));
    try (PackagerNode second = new PackagerNode(shelf, young, 1, FOR_EVER)) {
      second.start();
      second.end();
      TimelineSnapshot ended = shelf.awaitEnd();

      shelf.assertMonotone();
      TimelineSegment open = rendition(left, SOURCE).segments().getLast();
      assertThat(segment(ended, SOURCE, open.number()).parts()).isEqualTo(open.parts());
      assertThat(numbers(ended, SOURCE)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(gaps(ended, SOURCE)).isEmpty();
      assertThat(segment(ended, SOURCE, 5).duration()).isEqualTo(2 * 90_000);
    }
  }

  @Test
  void partsOfAnotherSize_stay_andAreFollowed() throws Exception {
    packageSome();
    TimelineSnapshot left = now();
    try (PackagerNode second = new PackagerNode(shelf, withLargerFrames(), 1, FOR_EVER)) {
      second.start();
      second.end();
      TimelineSnapshot ended = shelf.awaitEnd();

      shelf.assertMonotone();
      assertThat(second.metrics.count("differs source")).isPositive();
      TimelineSegment open = rendition(left, SOURCE).segments().getLast();
      TimelineSegment whole = segment(ended, SOURCE, open.number());
      assertThat(whole.parts()).startsWith(open.parts().toArray(new nova.segments.TimelinePart[0]));
      assertThat(whole.duration()).isEqualTo(2 * 90_000);
    }
  }

  private InProcessFrameLog withLargerFrames() {
    InProcessFrameLog other = newLog();
    FrameLogWriter larger = other.openWriter(STREAM);
    changed(
            source,
            _ -> true,
            old ->
                new MediaFrame(
                    old.track(), old.dts(), old.pts(), old.keyframe(), Bytes.ofHex("0000000165")))
        .forEach(larger::append);
    larger.append(new LogEntry.StreamClosed(true, "over"));
    return other;
  }

  @Test
  void partsThatAreCutOtherwise_endTheirSegment() throws Exception {
    packageSome();
    TimelineSnapshot left = now();
    InProcessFrameLog other = newLog();
    FrameLogWriter slower = other.openWriter(STREAM);
    SyntheticRung.source(new Sent(SyntheticBroadcast.usual(12).withFps(25, 50), Duration.ZERO))
        .forEach(slower::append);
    slower.append(new LogEntry.StreamClosed(true, "over"));
    try (PackagerNode second = new PackagerNode(shelf, other, 1, FOR_EVER)) {
      second.start();
      second.end();
      TimelineSnapshot ended = shelf.awaitEnd();

      shelf.assertMonotone();
      assertThat(second.metrics.count("differs source")).isEqualTo(1);
      TimelineSegment open = rendition(left, SOURCE).segments().getLast();
      assertThat(segment(ended, SOURCE, open.number()).parts()).isEqualTo(open.parts());
      assertThat(segment(ended, SOURCE, 5).duration()).isEqualTo(2 * 90_000);
      assertThat(numbers(ended, SOURCE)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }
  }

  @Test
  void streamWhoseMediaIsLost_goesOnWithItsNumbers() throws Exception {
    packageSome();
    shelf.segments.removeStream(STREAM);
    write(source.subList(indexOf(source, 4) + 60, source.size()));
    writer.append(new LogEntry.StreamClosed(true, "over"));
    try (PackagerNode second = node()) {
      second.start();
      second.end();
      TimelineSnapshot ended = shelf.awaitEnd();

      assertThat(lastNumber(ended, SOURCE)).isEqualTo(6);
      for (TimelineSegment segment : rendition(ended, SOURCE).segments()) {
        assertThat(shelf.parts(SOURCE, segment)).isNotEmpty();
      }
    }
  }

  @Test
  void shelfThatCannotBeAskedForAWhile_isAskedAgain() throws Exception {
    packageSome();
    shelf.unavailable(4);
    try (PackagerNode second = node()) {
      second.start();

      assertThat(second.packager.published(STREAM).orElseThrow()).hasSize(1);
      write(source.subList(indexOf(source, 4) + 60, source.size()));
      shelf.await(now -> lastNumber(now, SOURCE) == 6);
      shelf.assertMonotone();
    }
  }

  @Test
  void shelfThatCannotBeAsked_keepsNobodyFromLettingGo() throws Exception {
    packageSome();
    TimelineSnapshot left = now();
    shelf.unavailable(Integer.MAX_VALUE);
    try (PackagerNode second = node()) {
      second.start();
      second.packager.release(STREAM);

      assertThat(second.packager.streams()).isZero();
      assertThat(second.metrics.count("stream failed")).isZero();
      assertThat(now()).isSameAs(left);
    }
  }

  @Test
  void endedStream_isForgottenWhenItsTimeIsOver_andNothingElse() throws Exception {
    write(source);
    writer.append(new LogEntry.StreamClosed(true, "over"));
    try (PackagerNode first = node()) {
      first.start();
      first.end();
      assertThat(shelf.awaitEnd().endedAt()).isPresent();
    }
    int snapshots = shelf.snapshots.size();
    Instant later = SyntheticBroadcast.BEGIN.plus(Duration.ofMinutes(11));
    try (PackagerNode second =
        new PackagerNode(shelf, log, 1, FOR_EVER, InstantSource.fixed(later))) {
      second.start();
      while (second.packager.streams() > 0) {
        Thread.onSpinWait();
      }
    }

    assertThat(shelf.timelines.find(STREAM)).isEqualTo(Optional.empty());
    assertThat(shelf.segments.sizeBytes()).isZero();
    assertThat(shelf.snapshots).as("only its removal was told").hasSize(snapshots + 1);
  }
}
