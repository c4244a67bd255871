package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.SyntheticRung.FIRST;
import static nova.packager.SyntheticRung.LARGE;
import static nova.packager.SyntheticRung.SECOND;
import static nova.packager.SyntheticRung.SMALL;
import static nova.packager.SyntheticRung.changed;
import static nova.packager.SyntheticRung.encoded;
import static nova.packager.SyntheticRung.indexOf;
import static nova.packager.SyntheticRung.upTo;
import static nova.packager.SyntheticRung.without;
import static nova.packager.Timelines.assertAligned;
import static nova.packager.Timelines.gaps;
import static nova.packager.Timelines.lastComplete;
import static nova.packager.Timelines.lastNumber;
import static nova.packager.Timelines.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import nova.core.StreamEvent.RungMisaligned;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.WriterFencedException;
import nova.media.MediaFrame;
import nova.packager.SyntheticRung.Sent;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Rungs that are not what they should be cost the stream nothing.
class FaultyRungTest {
  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void misalignedSegment_isAGap_andSaid() throws Exception {
    stream.write(FIRST);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(changed(encoded(FIRST), n -> n == 2, frame -> shifted(frame, 40)));
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
    stream.write(FIRST, SECOND);
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
  void rungThatNeverCloses_doesNotKeepTheStreamFromEnding() throws Exception {
    stream.write(FIRST);
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(upTo(encoded(FIRST), 3));
    TimelineSnapshot _ = stream.await(s -> lastNumber(s, SMALL) >= 2);
    Instant over = InstantSource.system().instant();
    TimelineSnapshot ended = stream.close("over");

    assertThat(Duration.between(over, ended.endedAt().orElseThrow()))
        .as("overload may make a rung some seconds late")
        .isGreaterThan(Duration.ofSeconds(4));
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
    stream.write(FIRST);
    List<LogEntry> entries = encoded(FIRST);
    SyntheticRung good = new SyntheticRung(stream, LARGE, 1);
    good.write(entries);
    SyntheticRung bad = new SyntheticRung(stream, SMALL, 2);
    bad.write(upTo(entries, 3));
    TimelineSnapshot _ = stream.await(s -> lastComplete(s, SMALL) >= 1);
    bad.write(changed(SyntheticRung.from(entries, 3), n -> n == 3, FaultyRungTest::unboxable));
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
  void rungThatThereIsNoMemoryFor_leavesAlone() {
    stream.write(FIRST);
    stream.store.fillFor(segment -> segment.rendition().equals(SMALL));
    SyntheticRung rung = new SyntheticRung(stream, SMALL, 1);
    rung.write(upTo(encoded(FIRST), 3));
    TimelineSnapshot _ = stream.await(_ -> stream.metrics.count("failed 480p") == 1);
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(stream.metrics.count("stream failed")).isZero();
    assertThat(ended.renditions()).extracting(RenditionTimeline::id).containsExactly(SOURCE, AUDIO);
    assertThat(stream.rungs.sizeBytes()).isZero();
  }

  @Test
  void rungThatCannotBePackaged_andCloses_makesWayForTheNextRun() throws Exception {
    stream.write(FIRST, SECOND);
    List<LogEntry> entries = encoded(FIRST, SECOND);
    SyntheticRung first = new SyntheticRung(stream, SMALL, 1);
    SyntheticRung bad = new SyntheticRung(stream, SMALL, 2);
    bad.write(changed(upTo(entries, 4), n -> n == 3, FaultyRungTest::unboxable));
    bad.close();
    first.close(); // so that all of the other is read at once
    for (Thread rung : stream.threads.subList(1, 3)) {
      assertThat(rung.join(Duration.ofSeconds(10))).isTrue();
    }
    SyntheticRung next = new SyntheticRung(stream, SMALL, 3);
    next.write(entries);
    next.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(stream.metrics.count("failed 480p")).isEqualTo(1);
    assertThat(numbers(ended, SMALL)).containsExactly(4L, 5L, 6L);
    assertThat(gaps(ended, SMALL)).isEmpty();
  }

  /// The source's thread completes what a rung left open, and meets what the rung's has not.
  @Test
  void rungWhoseOpenSegmentCannotBePackaged_leavesAlone_whenTheSourceGoesOn() {
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(30);
    List<LogEntry> entries = encoded(new Sent(broadcast, Duration.ZERO));
    SyntheticRung first = new SyntheticRung(stream, SMALL, 1);
    SyntheticRung bad = new SyntheticRung(stream, SMALL, 2);
    bad.write(
        changed(
            entries.subList(0, indexOf(entries, 3) + 2), n -> n == 3, FaultyRungTest::unboxable));
    first.close(); // so that all of the other is read at once
    write(broadcast, 14, s -> lastNumber(s, SMALL) >= 3);
    TimelineSnapshot ended = stream.close("over");

    assertThat(stream.metrics.count("stream failed")).isZero();
    assertThat(stream.metrics.count("failed 480p")).isEqualTo(1);
    assertThat(ended.renditions()).extracting(RenditionTimeline::id).containsExactly(SOURCE, AUDIO);
    assertThat(numbers(ended, SOURCE)).hasSize(15);
  }

  private void write(
      SyntheticBroadcast broadcast, int second, Predicate<TimelineSnapshot> condition) {
    var _ = stream.writer().startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN);
    for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
      if (arrival.at().equals(SyntheticBroadcast.BEGIN.plusSeconds(second))) {
        TimelineSnapshot _ = stream.await(condition);
      }
      var _ = stream.writer().append(arrival.frame(), arrival.at());
    }
  }

  /// A composition offset that no box can hold.
  private static MediaFrame unboxable(MediaFrame frame) {
    return frame.keyframe()
        ? frame
        : new MediaFrame(frame.track(), frame.dts(), 1L << 40, false, frame.payload());
  }

  private static MediaFrame shifted(MediaFrame frame, long ms) {
    return new MediaFrame(
        frame.track(), frame.dts(), frame.pts() + ms * 90, frame.keyframe(), frame.payload());
  }
}
