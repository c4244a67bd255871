package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static nova.packager.SyntheticRung.LARGE;
import static nova.packager.SyntheticRung.SMALL;
import static nova.packager.Timelines.lastNumber;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.RungEnd;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.SyntheticBroadcast.Arrival;
import nova.media.MediaFrame;
import nova.media.mp4.CmafChunk;
import nova.media.mp4.CmafChunkReader;
import nova.segments.RenditionTimeline;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

/// A packager dies somewhere, without a farewell, and another one goes on. Whatever the place,
/// viewers have in the end what they would have had of the first alone.
class SuccessionTest {
  private static final int PLACES = 60;
  private static final long FOR_EVER = Long.MAX_VALUE;

  /// What is sent in one epoch, when, and how it ends.
  private record Part(
      SyntheticBroadcast broadcast, Duration after, EpochEnd end, Predicate<Arrival> sent) {
    Part(SyntheticBroadcast broadcast, double after, EpochEnd end) {
      this(broadcast, Duration.ofMillis((long) (after * 1_000)), end, _ -> true);
    }
  }

  private static final SyntheticBroadcast USUAL = SyntheticBroadcast.usual(9);

  @Test
  void usualBroadcast_withAReconnect() throws InterruptedException {
    assertGoesOnAnywhere(
        new Part(USUAL, 0, EpochEnd.CONNECTION_LOST), new Part(USUAL, 14, EpochEnd.FINISHED));
  }

  @Test
  void formatsThatChange_withoutAPause() throws InterruptedException {
    assertGoesOnAnywhere(
        new Part(USUAL.withSampleRate(44_100), 0, EpochEnd.FORMAT_CHANGED),
        new Part(USUAL.withFps(25, 50).withReorder(0), 9, EpochEnd.FORMAT_CHANGED),
        new Part(USUAL, 18, EpochEnd.FINISHED));
  }

  @Test
  void longGroupsOfPictures_thatAreCutWithin() throws InterruptedException {
    SyntheticBroadcast rare = SyntheticBroadcast.usual(26).withFps(30, 250);
    assertGoesOnAnywhere(new Part(rare, 0, EpochEnd.FINISHED));
  }

  @Test
  void unsteadyFrames() throws InterruptedException {
    assertGoesOnAnywhere(
        new Part(
            SyntheticBroadcast.usual(20).withUnsteadyFrames().withFps(30, 200),
            0,
            EpochEnd.FINISHED));
  }

  @Test
  void soundThatStaysAway_andAnEpochWithoutIt() throws InterruptedException {
    assertGoesOnAnywhere(
        new Part(
            SyntheticBroadcast.usual(20),
            Duration.ZERO,
            EpochEnd.CONNECTION_LOST,
            arrival -> !isSound(arrival) || second(arrival) < 5.1 || second(arrival) > 13.3),
        new Part(USUAL.withSampleRate(0), 25, EpochEnd.CONNECTION_LOST),
        new Part(USUAL, 40, EpochEnd.FINISHED));
  }

  @Test
  void pictureThatStaysAway() throws InterruptedException {
    assertGoesOnAnywhere(
        new Part(
            SyntheticBroadcast.usual(16),
            Duration.ZERO,
            EpochEnd.FINISHED,
            arrival -> isSound(arrival) || second(arrival) < 3.4 || second(arrival) > 11.9));
  }

  @Test
  void soundAlone() throws InterruptedException {
    assertGoesOnAnywhere(
        new Part(SyntheticBroadcast.usual(20).withFps(0, 1), 0, EpochEnd.FINISHED));
  }

  @Test
  void streamThatHasLeftItsPlaylistsBehind() throws InterruptedException {
    SyntheticBroadcast small = SyntheticBroadcast.usual(60).withPayload(40);
    assertGoesOnAnywhere(
        12,
        false,
        new Part(small, 0, EpochEnd.CONNECTION_LOST),
        new Part(small, 62, EpochEnd.FINISHED));
  }

  private static boolean isSound(Arrival arrival) {
    return arrival.frame().track().equals(TrackId.AUDIO);
  }

  private static double second(Arrival arrival) {
    return Duration.between(SyntheticBroadcast.BEGIN, arrival.at()).toMillis() / 1e3;
  }

  private static void assertGoesOnAnywhere(Part... parts) throws InterruptedException {
    assertGoesOnAnywhere(PLACES, true, parts);
  }

  private static void assertGoesOnAnywhere(int places, boolean withRungs, Part... parts)
      throws InterruptedException {
    InProcessFrameLog log = log(parts);
    List<LogEntry> source = SyntheticRung.entries(log);
    boolean hasPicture =
        source.stream().anyMatch(e -> e instanceof TrackFormatChanged c && isPicture(c.track()));
    List<RenditionId> rungs = hasPicture && withRungs ? List.of(LARGE, SMALL) : List.of();
    long sourceWrites = run(log, source, List.of()).writes();
    Whole whole = run(log, source, rungs);
    Seeds.each(
        places,
        random -> {
          long dies = 1 + random.nextLong(sourceWrites);
          new Successor(log, source, rungs, whole.shelf, random).check(dies);
        });
  }

  private static boolean isPicture(TrackId track) {
    return track.equals(TrackId.VIDEO);
  }

  private static InProcessFrameLog log(Part... parts) {
    InProcessFrameLog log =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(STREAM));
    for (Part part : parts) {
      Epoch _ =
          writer.startEpoch(part.broadcast.formats(), SyntheticBroadcast.BEGIN.plus(part.after));
      for (Arrival arrival : part.broadcast.arrivals()) {
        if (part.sent.test(arrival)) {
          LoggedFrame _ = writer.append(arrival.frame(), arrival.at().plus(part.after));
        }
      }
      writer.endEpoch(part.end);
    }
    writer.closeStream(true, "over");
    return log;
  }

  private record Whole(SharedShelf shelf, long writes) {}

  /// What comes of a packager that is left alone.
  private static Whole run(InProcessFrameLog log, List<LogEntry> source, List<RenditionId> rungs)
      throws InterruptedException {
    SharedShelf shelf = new SharedShelf();
    try (PackagerNode node = new PackagerNode(shelf, log, 1, FOR_EVER)) {
      node.start();
      for (RenditionId rung : rungs) {
        var _ = node.rung(rung, 1, SyntheticRung.encoded(source, lines(rung)));
      }
      node.end();
      shelf.awaitEnd();
      return new Whole(shelf, node.writes());
    }
  }

  private static int lines(RenditionId rung) {
    return rung.equals(LARGE) ? 1080 : 480;
  }

  /// What comes of two packagers, one after the other.
  private record Successor(
      InProcessFrameLog log,
      List<LogEntry> source,
      List<RenditionId> rungs,
      SharedShelf whole,
      Random random) {
    void check(long dies) throws Exception {
      SharedShelf shelf = new SharedShelf();
      try (PackagerNode first = new PackagerNode(shelf, log, random.nextLong(), dies)) {
        first.start();
        for (RenditionId rung : rungs) {
          List<LogEntry> encoded = SyntheticRung.encoded(source, lines(rung));
          int behind = random.nextInt(encoded.size());
          var _ = first.rung(rung, 1, encoded.subList(0, behind));
        }
        first.end();
        first.awaitDeath();
      }
      Optional<TimelineSnapshot> left = shelf.timelines.find(STREAM);
      try (PackagerNode second = new PackagerNode(shelf, log, random.nextLong(), FOR_EVER)) {
        second.start();
        List<RungEnd> ends = second.packager.published(STREAM).orElse(List.of());
        assertThat(second.packager.published(STREAM).isPresent()).isEqualTo(left.isPresent());
        List<RenditionId> listed = new ArrayList<>(rungs);
        listed.removeIf(rung -> left.flatMap(was -> was.rendition(rung)).isEmpty());
        for (RenditionId rung : listed) {
          var _ = second.rung(rung, 7, goneOn(rung, ends));
        }
        shelf.await(now -> isCaughtUp(now, left, listed)); // an encoder has those first
        for (RenditionId rung : rungs) {
          if (!listed.contains(rung)) {
            var _ = second.rung(rung, 8, goneOn(rung, ends));
          }
        }
        second.end();
        TimelineSnapshot ended = shelf.awaitEnd();

        shelf.assertMonotone();
        assertThat(second.metrics.count("differs source")).isZero();
        assertThat(second.metrics.count("differs audio")).isZero();
        for (RenditionId id : List.of(SOURCE, AUDIO)) {
          assertSame(shelf, id);
        }
        for (RenditionId rung : rungs) {
          assertRung(shelf, rung, listed.contains(rung), listed.size() < rungs.size());
        }
        assertThat(ended.renditions().stream().map(RenditionTimeline::id).toList())
            .contains(whole.snapshots.getLast().renditions().getFirst().id());
      }
    }

    private static boolean isCaughtUp(
        TimelineSnapshot now, Optional<TimelineSnapshot> left, List<RenditionId> listed) {
      long last = left.map(was -> lastNumber(was, SOURCE)).orElse(0L);
      return listed.stream().allMatch(rung -> lastNumber(now, rung) >= last);
    }

    /// What another encoder makes of what the rung lacks.
    private List<LogEntry> goneOn(RenditionId rung, List<RungEnd> ends) {
      Optional<RungEnd> end = ends.stream().filter(one -> one.rendition().equals(rung)).findFirst();
      List<LogEntry> entries = new ArrayList<>();
      boolean first = end.isPresent();
      boolean in = end.isEmpty();
      for (LogEntry entry : SyntheticRung.encoded(source, lines(rung))) {
        if (entry instanceof EpochStarted started) {
          in = end.isEmpty() || started.epoch().compareTo(end.get().epoch()) >= 0;
        }
        if (!in || (entry instanceof EpochEnded && entries.isEmpty())) {
          continue;
        }
        if (entry instanceof LoggedFrame frame) {
          if (end.isEmpty() || frame.frame().dts() >= end.get().end()) {
            entries.add(ofAnother(frame, first));
            first = false;
          }
        } else {
          entries.add(entry);
        }
      }
      return entries;
    }

    private static LoggedFrame ofAnother(LoggedFrame frame, boolean keyframe) {
      MediaFrame old = frame.frame();
      MediaFrame other =
          new MediaFrame(
              old.track(),
              old.dts(),
              old.pts(),
              keyframe || old.keyframe(),
              Bytes.ofHex("0000000865" + "%014x".formatted(old.dts())));
      return new LoggedFrame(
          other, frame.arrivedAt(), frame.wallClock(), frame.segment(), frame.cut());
    }

    private void assertSame(SharedShelf shelf, RenditionId id) {
      List<TimelineSegment> expected = whole.everListed(id);
      List<TimelineSegment> segments = shelf.everListed(id);
      assertThat(segments.size()).as("segments of %s", id).isEqualTo(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        TimelineSegment segment = segments.get(i);
        if (!segment.complete()) {
          // It left while it grew, because a rung joined and all playlists begin there.
          continue;
        }
        assertThat(brief(segment)).as(id.toString()).isEqualTo(brief(expected.get(i)));
        if (!segment.gap()) {
          assertThat(shelf.parts(id, segment))
              .as("parts of %s of %s", segment, id)
              .isEqualTo(whole.parts(id, expected.get(i)));
        }
      }
      assertThat(segments.isEmpty() || segments.getLast().complete()).isTrue();
    }

    /// The same segments as of one packager alone, each frame once; a rung that was listed misses
    /// none, and another begins later.
    ///
    /// @param joins whether one does, so that all playlists begin there, and what another rung
    ///   lacked before is not listed any more
    private void assertRung(SharedShelf shelf, RenditionId id, boolean listed, boolean joins) {
      List<TimelineSegment> expected = whole.everListed(id);
      List<TimelineSegment> segments = shelf.everListed(id);
      if (listed && joins) {
        assertThat(gaps(expected)).as("gaps of %s", id).containsAll(gaps(segments));
      } else if (listed) {
        assertThat(gaps(segments)).as("gaps of %s", id).isEqualTo(gaps(expected));
      }
      // All playlists begin with the rung that joined: what grew before is left as it is.
      long first =
          joins
              ? shelf.snapshots.getLast().renditions().getFirst().segments().getFirst().number()
              : 0;
      long left =
          segments.stream()
              .mapToLong(TimelineSegment::number)
              .filter(n -> n < first)
              .max()
              .orElse(0);
      long end = -1;
      for (TimelineSegment segment : segments) {
        Optional<TimelineSegment> same =
            expected.stream().filter(s -> s.number() == segment.number()).findFirst();
        if (segment.gap() || !segment.complete() || segment.number() == left || same.isEmpty()) {
          end = -1;
          continue;
        }
        TimelineSegment other = same.get();
        assertThat(durations(segment)).as("%s of %s", segment, id).isEqualTo(durations(other));
        assertThat(segment.start()).isEqualTo(other.start());
        assertThat(segment.epoch()).isEqualTo(other.epoch());
        assertThat(segment.discontinuity()).isEqualTo(other.discontinuity());
        assertThat(Duration.between(segment.programDateTime(), other.programDateTime()).abs())
            .isLessThan(Duration.ofNanos(1_000));
        for (Bytes part : shelf.parts(id, segment)) {
          CmafChunk chunk = CmafChunkReader.read(part);
          if (end >= 0 && !segment.discontinuity()) {
            assertThat(chunk.baseMediaDecodeTime()).isEqualTo(end);
          }
          end = chunk.baseMediaDecodeTime() + chunk.duration();
        }
      }
      if (!expected.isEmpty() && listed) {
        assertThat(segments.getLast().number()).isEqualTo(expected.getLast().number());
      }
    }

    private static List<Long> gaps(List<TimelineSegment> segments) {
      return segments.stream().filter(TimelineSegment::gap).map(TimelineSegment::number).toList();
    }

    private static String brief(TimelineSegment segment) {
      return "%d of %s from %d at %s%s%s%s: %s"
          .formatted(
              segment.number(),
              segment.epoch(),
              segment.start(),
              segment.programDateTime(),
              segment.discontinuity() ? " discontinuity" : "",
              segment.complete() ? "" : " open",
              segment.gap() ? " gap" : "",
              segment.parts().stream()
                  .map(p -> p.duration() + (p.independent() ? "i " : " ") + p.sizeBytes())
                  .toList());
    }

    private static List<Long> durations(TimelineSegment segment) {
      return segment.parts().stream().map(TimelinePart::duration).toList();
    }
  }
}
