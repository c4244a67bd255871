package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.segments.TimelineDelta.RenditionChange;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.testkit.FuzzTarget;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class TimelineWireFormatTest {
  private static final StreamId STREAM = new StreamId("abcd");

  /// Whoever changes this changes what servers of the release before cannot read: raise the
  /// version.
  private static final String SMALL =
      "0101 0461626364 046c697665 07 01 d0aad6b907 02 01 d2aad6b907 00 01 06736f75726365 00"
          + " 0461766331 02 04 06 08 403d800000000000 01 05 90bf05 f8aa03 08 00 04 01 06 02 03"
          + " d0aad6b907 00 0a 01 c801 9d1f";

  @Test
  void bytes_areThoseThatAreKnown() {
    assertThat(TimelineWireFormat.write(small()).toHex()).isEqualTo(SMALL.replace(" ", ""));
    assertThat(TimelineWireFormat.read(Bytes.ofHex(SMALL))).isEqualTo(small());
  }

  @Test
  void snapshot_comesBackAsItWas() {
    Seeds.each(
        500,
        random -> {
          TimelineSnapshot snapshot = RandomTimelines.any(STREAM, random);
          assertThat(TimelineWireFormat.read(TimelineWireFormat.write(snapshot)))
              .isEqualTo(snapshot);
        });
  }

  @Test
  void delta_leadsFromAnySnapshotToTheNext_alsoAsBytes() {
    Seeds.each(
        500,
        random -> {
          TimelineSnapshot snapshot = RandomTimelines.any(STREAM, random);
          for (int step = 0; step < 20; step++) {
            TimelineSnapshot next =
                random.nextInt(10) == 0
                    ? RandomTimelines.any(STREAM, random)
                    : RandomTimelines.next(snapshot, random);
            TimelineDelta delta = TimelineDelta.between(snapshot, next);
            assertThat(delta.apply(snapshot)).isEqualTo(next);
            TimelineDelta read = TimelineWireFormat.readDelta(TimelineWireFormat.write(delta));
            assertThat(read).isEqualTo(delta);
            snapshot = next;
          }
        });
  }

  @Test
  void deltaOfOnePart_isSmall_howeverLongTheWindow() {
    TimelineSnapshot before = window(60, List.of());
    TimelinePart part = new TimelinePart(30_060, true, 100_000);
    TimelineSnapshot after = window(60, List.of(part));

    Bytes delta = TimelineWireFormat.write(TimelineDelta.between(before, after));

    assertThat(delta.length()).isLessThan(130);
    assertThat(TimelineWireFormat.write(after).length()).isBetween(2_000, 4_000);
  }

  @Test
  void delta_isRefusedByAnotherSnapshot() {
    TimelineSnapshot before = window(3, List.of());
    TimelineSnapshot after = window(4, List.of());
    TimelineDelta delta = TimelineDelta.between(before, after);

    assertThat(delta.follows(after)).isFalse();
    assertThatThrownBy(() -> delta.apply(after))
        .isInstanceOf(MalformedTimelineException.class)
        .hasMessage("version 4 of stream abcd (expected: 3 of abcd)");
  }

  @Test
  void deltaThatNamesWhatIsNotThere_isMalformed() {
    TimelineSnapshot before = window(3, List.of());
    TimelineSnapshot head = TimelineWireFormat.read(TimelineWireFormat.write(headOf(before)));
    RenditionTimeline rest = before.renditions().getFirst();
    List<RenditionChange> impossible =
        List.of(
            new RenditionChange.Kept(1),
            new RenditionChange.Changed(7, 0, 0, rest),
            new RenditionChange.Changed(0, 20, 11, rest),
            new RenditionChange.Changed(0, 100_000, 100_000, rest));
    for (RenditionChange change : impossible) {
      TimelineDelta delta = new TimelineDelta(before.version(), head, List.of(change));
      assertThatThrownBy(() -> delta.apply(before))
          .as("%s", change)
          .isInstanceOf(MalformedTimelineException.class);
    }
  }

  @Test
  void otherFormat_isNamedAsSuch() {
    assertThatThrownBy(() -> TimelineWireFormat.read(Bytes.ofHex("0201")))
        .isInstanceOfSatisfying(
            MalformedTimelineException.class,
            e -> assertThat(e.reason()).isEqualTo("timeline-version"))
        .hasMessage("timeline of format 2 (expected: 1); run the same release of Nova everywhere");
  }

  @Test
  void countThatPromisesMoreThanThereIs_isRefusedBeforeAnythingIsAllocated() {
    String head = "0101 0461626364 046c697665 07 01 00 00 00";

    assertThatThrownBy(() -> TimelineWireFormat.read(Bytes.ofHex(head + "40")))
        .isInstanceOf(MalformedTimelineException.class)
        .hasMessageContaining("ends early");
    assertThatThrownBy(() -> TimelineWireFormat.read(Bytes.ofHex(head + "41")))
        .hasMessageContaining("number of renditions 65");
    assertThatThrownBy(() -> TimelineWireFormat.read(Bytes.ofHex(head + "00 00")))
        .hasMessageContaining("number of bytes left 1");
  }

  @Test
  void damagedBytes_areReadOrRefused_andWhatIsReadCanBeWritten() {
    List<ByteBuffer> seeds = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      TimelineSnapshot snapshot = RandomTimelines.any(STREAM, random);
      TimelineSnapshot next = RandomTimelines.next(snapshot, random);
      seeds.add(TimelineWireFormat.write(snapshot).asByteBuffer());
      seeds.add(TimelineWireFormat.write(TimelineDelta.between(snapshot, next)).asByteBuffer());
    }
    new FuzzTarget("timeline", seeds, 400, TimelineWireFormatTest::readAnything)
        .attackWithDamage(5_000);
  }

  private static void readAnything(byte[] input) {
    Bytes bytes = Bytes.wrap(input);
    try {
      TimelineSnapshot read = TimelineWireFormat.read(bytes);
      assertThat(TimelineWireFormat.read(TimelineWireFormat.write(read)).equals(read)).isTrue();
    } catch (MalformedTimelineException e) {
      assertThat(e.reason()).matches("[a-z-]+");
    }
    try {
      TimelineDelta read = TimelineWireFormat.readDelta(bytes);
      assertThat(TimelineWireFormat.readDelta(TimelineWireFormat.write(read)).equals(read))
          .isTrue();
      TimelineSnapshot _ = read.apply(window(read.fromVersion(), List.of()));
    } catch (MalformedTimelineException e) {
      assertThat(e.reason()).matches("[a-z-]+");
    }
  }

  @Test
  void moreThanAnyPackagerMakes_isNotWritten() {
    List<TimelinePart> parts = new ArrayList<>();
    for (int i = 0; i <= 1_000; i++) {
      parts.add(new TimelinePart(1, true, 1));
    }

    assertThatThrownBy(() -> TimelineWireFormat.write(window(1, parts)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("timeline with 1001 parts of a segment (expected: <= 1000)");
  }

  private static TimelineSnapshot headOf(TimelineSnapshot snapshot) {
    return new TimelineSnapshot(
        snapshot.stream(),
        snapshot.channel(),
        snapshot.version() + 1,
        snapshot.state(),
        snapshot.startedAt(),
        snapshot.endedAt(),
        List.of());
  }

  private static TimelineSnapshot small() {
    Instant at = Instant.ofEpochSecond(1_000_000_168);
    TimelineSegment segment =
        new TimelineSegment(
            3,
            new Epoch(2),
            true,
            at,
            5,
            List.of(new TimelinePart(100, true, -1_000)),
            true,
            false);
    RenditionTimeline rendition =
        new RenditionTimeline(
            new RenditionId("source"),
            new RenditionFormat.Video("avc1", 1, 2, 3, 4, 29.5),
            true,
            5,
            Timescale.VIDEO,
            27_324,
            4,
            false,
            2,
            List.of(segment));
    return new TimelineSnapshot(
        STREAM,
        new ChannelSlug("live"),
        7,
        TimelineState.RECONNECTING,
        at.plusNanos(2),
        Optional.of(at.plusSeconds(1)),
        List.of(rendition));
  }

  private static TimelineSnapshot window(long version, List<TimelinePart> lastParts) {
    List<TimelineSegment> segments = new ArrayList<>();
    for (long number = 0; number < 30; number++) {
      List<TimelinePart> parts = new ArrayList<>();
      for (int part = 0; part < 12; part++) {
        parts.add(new TimelinePart(30_060, part == 0, 90_000 + part));
      }
      segments.add(
          new TimelineSegment(
              number,
              new Epoch(0),
              false,
              Instant.parse("2026-11-01T12:00:00.001Z").plusSeconds(4 * number),
              360_720 * number,
              number == 29 ? lastParts : parts,
              number < 29,
              false));
    }
    RenditionTimeline source =
        new RenditionTimeline(
            new RenditionId("source"),
            new RenditionFormat.Video("avc1.64002a", 6_000_000, 5_000_000, 1920, 1080, 60),
            true,
            version,
            Timescale.VIDEO,
            30_060,
            4,
            true,
            0,
            segments);
    return new TimelineSnapshot(
        STREAM,
        new ChannelSlug("live"),
        lastParts.isEmpty() ? version : version + 1,
        TimelineState.LIVE,
        Instant.parse("2026-11-01T11:58:00Z"),
        Optional.empty(),
        List.of(source));
  }
}
