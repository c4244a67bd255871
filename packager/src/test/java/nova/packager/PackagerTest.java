package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static nova.packager.Timelines.assertPartsKeepToTheTarget;
import static nova.packager.Timelines.discontinuities;
import static nova.packager.Timelines.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent.SegmentGenerated;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamHealth;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.WriterFencedException;
import nova.media.MediaFrame;
import nova.segments.RenditionFormat;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PackagerTest {
  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void startedStream_hasASnapshotWithoutRenditions() {
    TimelineSnapshot first = stream.await(_ -> true);

    assertThat(first.state()).isEqualTo(TimelineState.LIVE);
    assertThat(first.startedAt()).isEqualTo(SyntheticBroadcast.BEGIN);
    assertThat(first.renditions()).isEmpty();
  }

  @Test
  void usualBroadcast_becomesTwoRenditionsWithTheSameNumbers() {
    stream.write(SyntheticBroadcast.usual(20), Duration.ZERO);
    TimelineSnapshot ended = stream.close("over");

    assertThat(ended.renditions()).extracting(RenditionTimeline::id).containsExactly(SOURCE, AUDIO);
    assertThat(numbers(ended, SOURCE)).containsExactlyElementsOf(numbers(ended, AUDIO)).hasSize(10);
    assertThat(ended.rendition(SOURCE).orElseThrow().independentSegments()).isTrue();
    assertThat(ended.rendition(SOURCE).orElseThrow().format())
        .isInstanceOfSatisfying(
            RenditionFormat.Video.class,
            video -> {
              assertThat(video.frameRate()).isEqualTo(30);
              assertThat(video.width()).isEqualTo(1280);
              // 500 bytes at 30 frames per second, and the boxes around them
              assertThat(video.averageBitrateBps()).isBetween(120_000L, 135_000L);
              assertThat(video.peakBitrateBps()).isBetween(120_000L, 135_000L);
            });
  }

  @Test
  void segments_startWhereTheOneBeforeEnds_andSayWhen() {
    stream.write(SyntheticBroadcast.usual(20), Duration.ZERO);
    TimelineSnapshot ended = stream.close("over");

    for (RenditionTimeline rendition : ended.renditions()) {
      List<TimelineSegment> segments = rendition.segments();
      for (int i = 1; i < segments.size(); i++) {
        TimelineSegment before = segments.get(i - 1);
        TimelineSegment segment = segments.get(i);
        assertThat(segment.start()).isEqualTo(before.start() + before.duration());
        Instant expected =
            before.programDateTime().plus(rendition.timescale().toDuration(before.duration()));
        assertThat(Duration.between(expected, segment.programDateTime()).toNanos())
            .isCloseTo(0, within(3_000_000L));
      }
      // The clocks of both renditions are one.
      TimelineSegment first = segments.getFirst();
      assertThat(
              Duration.between(
                      SyntheticBroadcast.BEGIN.plus(
                          rendition.timescale().toDuration(first.start())),
                      first.programDateTime())
                  .toMillis())
          .isZero();
    }
  }

  @Test
  void longGop_isNotIndependent_butEveryKeyframeBeginsASegment() {
    stream.write(SyntheticBroadcast.usual(30).withFps(30, 250), Duration.ZERO);
    TimelineSnapshot ended = stream.close("over");

    RenditionTimeline source = ended.rendition(SOURCE).orElseThrow();
    assertThat(source.independentSegments()).isFalse();
    assertThat(source.segments()).filteredOn(s -> s.parts().getFirst().independent()).hasSize(4);
    assertThat(source.segments())
        .allSatisfy(s -> assertThat(source.timescale().toSeconds(s.duration())).isLessThan(4.01));
  }

  @Test
  void everySegment_isInTheStore_andIsItsParts() throws Exception {
    stream.write(SyntheticBroadcast.usual(10), Duration.ZERO);
    TimelineSnapshot ended = stream.close("over");

    for (RenditionTimeline rendition : ended.renditions()) {
      for (TimelineSegment segment : rendition.segments()) {
        assertThat(stream.bytes(rendition.id(), segment).length())
            .isEqualTo((int) segment.sizeBytes());
        assertThat(stream.segments.init(STREAM, rendition.id(), segment.epoch())).isPresent();
      }
    }
    for (int i = 0; i < 2 * 5; i++) {
      SegmentGenerated event = stream.next(SegmentGenerated.class);
      assertThat(event.durationMs()).isBetween(1_900L, 2_100L);
      assertThat(event.sizeBytes()).isPositive();
    }
  }

  @Test
  void snapshots_onlyEverGrowAtTheEndAndShrinkAtTheFront() {
    stream.write(SyntheticBroadcast.usual(120), Duration.ZERO);
    TimelineSnapshot ended = stream.close("over");

    TimelineSnapshot before = stream.snapshots.getFirst();
    for (TimelineSnapshot snapshot : stream.snapshots.subList(1, stream.snapshots.size())) {
      assertThat(snapshot.version()).isGreaterThan(before.version());
      for (RenditionTimeline rendition : before.renditions()) {
        assertGrown(rendition, snapshot.rendition(rendition.id()).orElseThrow());
      }
      before = snapshot;
    }
    RenditionTimeline source = ended.rendition(SOURCE).orElseThrow();
    assertThat(source.segments().getFirst().number()).isBetween(30L, 31L);
  }

  /// What was published stays as it was, but for what left the window.
  private static void assertGrown(RenditionTimeline before, RenditionTimeline after) {
    List<TimelineSegment> kept =
        before.segments().stream()
            .filter(s -> s.number() >= after.segments().getFirst().number())
            .toList();
    assertThat(after.segments()).hasSizeGreaterThanOrEqualTo(kept.size());
    for (int i = 0; i < kept.size(); i++) {
      TimelineSegment old = kept.get(i);
      TimelineSegment now = after.segments().get(i);
      assertThat(now.number()).isEqualTo(old.number());
      assertThat(now.start()).isEqualTo(old.start());
      assertThat(now.programDateTime()).isEqualTo(old.programDateTime());
      assertThat(now.parts().subList(0, old.parts().size())).isEqualTo(old.parts());
      if (old.complete()) {
        assertThat(now).isEqualTo(old);
      }
    }
  }

  @Test
  void segmentsThatLeftThePlaylist_stayInTheStoreForAWhile() {
    stream.write(SyntheticBroadcast.usual(200), Duration.ZERO);
    TimelineSnapshot _ = stream.close("over");
    stream.packager.close(); // waits for its thread: the store is cleaned after the snapshot is out

    // 128 s of 200 s remain, in segments of 2 s.
    assertThat(stream.segments.oldestSegment(STREAM, SOURCE)).hasValue(36L);
    assertThat(stream.segments.oldestSegment(STREAM, AUDIO)).hasValue(36L);
  }

  @Test
  void reconnect_continuesAfterADiscontinuity_inAllRenditions() {
    stream.write(SyntheticBroadcast.usual(10), Duration.ZERO);
    stream.writer().endEpoch(EpochEnd.CONNECTION_LOST);
    TimelineSnapshot away = stream.await(s -> s.state() == TimelineState.RECONNECTING);
    assertThat(away.rendition(SOURCE).orElseThrow().segments()).allMatch(TimelineSegment::complete);

    stream.write(SyntheticBroadcast.usual(90), Duration.ofSeconds(25));
    TimelineSnapshot ended = stream.close("over");

    for (RenditionId id : List.of(SOURCE, AUDIO)) {
      List<TimelineSegment> all = stream.everListed(id);
      assertThat(all).filteredOn(TimelineSegment::discontinuity).hasSize(1);
      TimelineSegment back = all.get(5);
      assertThat(back.discontinuity()).isTrue();
      assertThat(back.number()).isEqualTo(6);
      assertThat(back.epoch()).isEqualTo(new Epoch(1));
      assertThat(back.programDateTime())
          .isBetween(
              SyntheticBroadcast.BEGIN.plusMillis(24_950),
              SyntheticBroadcast.BEGIN.plusMillis(25_100));
      assertThat(ended.rendition(id).orElseThrow().discontinuitySequence()).isEqualTo(1);
    }
  }

  @Test
  void trackThatComesWithALaterEpoch_hasTheDiscontinuitySequenceOfTheOthers() {
    SyntheticBroadcast both = SyntheticBroadcast.usual(10);
    stream.write(both.withSampleRate(0), Duration.ZERO);
    stream.write(both, Duration.ofSeconds(10));
    TimelineSnapshot ended = stream.close("over");

    RenditionTimeline audio = ended.rendition(AUDIO).orElseThrow();
    assertThat(audio.segments().getFirst().number()).isEqualTo(6);
    assertThat(audio.discontinuitySequence()).isZero();
    assertThat(discontinuities(ended, AUDIO)).containsExactly(6L);
  }

  @Test
  void changedSampleRate_keepsTheTimelinesUnit() {
    SyntheticBroadcast both = SyntheticBroadcast.usual(10);
    stream.write(both.withSampleRate(44_100), Duration.ZERO);
    stream.write(both.withSampleRate(48_000), Duration.ofSeconds(10));
    TimelineSnapshot ended = stream.close("over");

    RenditionTimeline audio = ended.rendition(AUDIO).orElseThrow();
    assertThat(audio.timescale().ticksPerSecond()).isEqualTo(44_100);
    assertThat(audio.segments())
        .allSatisfy(
            s ->
                assertThat(s.parts())
                    .allSatisfy(
                        p -> assertThat(p.duration()).isLessThanOrEqualTo(audio.partTarget())));
    for (int i = 1; i < audio.segments().size(); i++) {
      TimelineSegment before = audio.segments().get(i - 1);
      assertThat(audio.segments().get(i).start() - before.start() - before.duration())
          .isBetween(-1L, 44_100L / 10);
    }
  }

  @Test
  void storeThatDropsSegments_shortensThePlaylists() {
    try (PackagedStream small =
        new PackagedStream(
            PackagerConfig.defaults(),
            new SegmentStoreConfig(DataSize.ofMiB(2), DataSize.ofMiB(2)))) {
      small.write(SyntheticBroadcast.usual(60).withPayload(2_500), Duration.ZERO);
      TimelineSnapshot ended = small.close("over");

      for (RenditionTimeline rendition : ended.renditions()) {
        assertThat(rendition.segments().getFirst().number()).isGreaterThan(1);
        assertThat(rendition.segments())
            .allSatisfy(s -> assertThat(small.bytes(rendition.id(), s).length()).isPositive());
      }
      assertThat(numbers(ended, SOURCE)).isEqualTo(numbers(ended, AUDIO));
    }
  }

  @Test
  void defaults_storeAWholeLadderForAsLongAsPlayersMayWantIt() {
    double seconds = DvrWindow.of(PackagerConfig.defaults(), 4).storedSeconds(4);

    assertThat((long) (seconds * 12_000_000 / 8))
        .isLessThan(SegmentStoreConfig.defaults().memoryPerStream().bytes());
  }

  @Test
  void sameLog_givesTheSameNamesAndBytes() {
    try (PackagedStream other = new PackagedStream(PackagerConfig.defaults())) {
      for (PackagedStream one : List.of(stream, other)) {
        one.write(SyntheticBroadcast.usual(15).withFps(29.97, 100), Duration.ZERO);
        one.writer().endEpoch(EpochEnd.CONNECTION_LOST);
        one.write(SyntheticBroadcast.usual(15).withFps(30, 250), Duration.ofSeconds(20));
        TimelineSnapshot _ = one.close("over");
      }

      assertThat(other.inventory(SOURCE))
          .isEqualTo(stream.inventory(SOURCE))
          .hasSizeGreaterThan(20);
      assertThat(other.inventory(AUDIO)).isEqualTo(stream.inventory(AUDIO)).hasSizeGreaterThan(20);
    }
  }

  @Test
  void endedStream_isForgottenAfterItsTime() throws Exception {
    try (PackagedStream brief = new PackagedStream(PackagedStream.keeping(Duration.ZERO))) {
      brief.write(SyntheticBroadcast.usual(4), Duration.ZERO);
      TimelineSnapshot last = brief.close("over");
      assertThat(last.endedAt()).isPresent();

      // The listener hears of the removal as the last snapshot once more.
      while (brief.packager.streams() > 0) {
        Thread.onSpinWait();
      }
      assertThat(brief.timelines.find(STREAM)).isEmpty();
      assertThat(brief.segments.sizeBytes()).isZero();
      assertThat(brief.frames.sizeBytes()).isZero();
    }
  }

  @Test
  void streamThatNeverWrites_endsWhenItIsReportedOver() {
    TimelineSnapshot _ = stream.await(_ -> true);
    stream.publish(new StreamEnded(STREAM, Instant.EPOCH, "nothing came", StreamHealth.NOTHING));

    assertThat(stream.await(s -> s.state() == TimelineState.ENDED).renditions()).isEmpty();
  }

  @Test
  void brokenStream_endsWithAReason() throws Exception {
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(4);
    var _ = stream.writer().startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN);
    var first = broadcast.arrivals().getFirst();
    // A composition offset that no box can hold.
    var broken = new MediaFrame(first.frame().track(), 0, 1L << 40, true, first.frame().payload());
    untilRemoved(
        () -> {
          var _ = stream.writer().append(broken, first.at());
          stream.writer().endEpoch(EpochEnd.FINISHED);
        });

    TimelineSnapshot ended = stream.await(s -> s.state() == TimelineState.ENDED);
    assertThat(ended.endedAt()).isPresent();
    assertThat(stream.next(StreamError.class).reason()).contains("composition offset");
  }

  /// Writes until the stream has failed, if it does so before all is written: its log goes then.
  private static void untilRemoved(Runnable writes) {
    try {
      writes.run();
    } catch (WriterFencedException e) {
      assertThat(e.isRemoved()).isTrue();
    }
  }

  @Test
  void streamThatThereIsNoMemoryFor_endsWithAReason() throws Exception {
    stream.store.fillFor(segment -> segment.rendition().equals(SOURCE));
    untilRemoved(() -> stream.write(SyntheticBroadcast.usual(4), Duration.ZERO));

    TimelineSnapshot ended = stream.await(s -> s.state() == TimelineState.ENDED);
    assertThat(ended.endedAt()).isPresent();
    assertThat(stream.next(StreamError.class).reason())
        .isEqualTo("packaging failed: " + FillingStore.FULL);
    assertThat(stream.metrics.count("stream failed")).isEqualTo(1);
  }

  @Test
  void partsOfAllUsualRates_keepToTheTarget() {
    for (double fps : new double[] {10, 12, 15, 20, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60}) {
      for (int rate : new int[] {44_100, 48_000}) {
        try (PackagedStream one = new PackagedStream(PackagerConfig.defaults())) {
          one.write(
              SyntheticBroadcast.usual(21)
                  .withFps(fps, (int) Math.round(fps * 2))
                  .withSampleRate(rate),
              Duration.ZERO);
          TimelineSnapshot ended = one.close("over");
          ended.renditions().forEach(r -> assertPartsKeepToTheTarget("%s fps".formatted(fps), r));
        }
      }
    }
  }

  @Test
  void storedParts_areFoundByNumber() {
    stream.write(SyntheticBroadcast.usual(4), Duration.ZERO);
    TimelineSnapshot _ = stream.close("over");
    SegmentKey key = new SegmentKey(STREAM, SOURCE, new Epoch(0), 1);

    assertThat(stream.segments.part(key, 0)).isPresent();
    assertThat(stream.segments.part(key, 6)).isEmpty();
  }
}
