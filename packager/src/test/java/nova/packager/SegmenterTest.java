package nova.packager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.SyntheticBroadcast;
import nova.media.MediaFrame;
import nova.media.mp4.CmafChunk;
import nova.media.mp4.CmafSample;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class SegmenterTest implements Segmenter.Sink {
  private static final PartBoundaryPolicy POLICY =
      PartBoundaryPolicy.of(Duration.ofMillis(334), Timescale.VIDEO);

  private final List<String> told = new ArrayList<>();
  private final List<CmafChunk> chunks = new ArrayList<>();
  private final Segmenter segmenter = new Segmenter(Timescale.VIDEO, POLICY, this);

  @Override
  public void segmentOpened(SegmentStart start) {
    told.add("open %d at %d".formatted(start.number(), start.presentation()));
  }

  @Override
  public void part(long number, int part, CmafChunk chunk) {
    told.add("part %d.%d of %d".formatted(number, part, chunk.duration() / 90));
    chunks.add(chunk);
  }

  @Override
  public void segmentCompleted(long number) {
    told.add("complete %d".formatted(number));
  }

  @Test
  void part_isOut_asSoonAsTheNextFrameWouldExceedTheTarget() {
    for (int i = 0; i < 10; i++) {
      add(i * 100L, 0, i == 0);
    }

    assertThat(told)
        .containsExactly("open 0 at 0", "part 0.0 of 300", "part 0.1 of 300", "part 0.2 of 300");
  }

  @Test
  void cut_completesTheSegment_withAShortLastPart() {
    add(0, 0, true);
    add(33, 0, false);
    add(67, 1, true);

    assertThat(told)
        .containsExactly("open 0 at 0", "part 0.0 of 67", "complete 0", "open 1 at 6030");
  }

  @Test
  void finish_givesTheLastFrameTheDurationBefore() {
    add(0, 0, true);
    add(33, 0, false);
    segmenter.finish();
    segmenter.finish();

    assertThat(told).containsExactly("open 0 at 0", "part 0.0 of 66", "complete 0");
  }

  @Test
  void framesThatWereDroppedByTheSource_doNotMakeLongParts_butKeepTheirTimes() {
    add(0, 0, true);
    add(100, 0, false);
    add(800, 0, false);
    add(900, 0, false);
    segmenter.finish();

    assertThat(told)
        .containsExactly(
            "open 0 at 0", "part 0.0 of 100", "part 0.1 of 700", "part 0.2 of 200", "complete 0");
    assertThat(chunks)
        .extracting(CmafChunk::baseMediaDecodeTime)
        .containsExactly(0L, 9_000L, 72_000L);
  }

  @Test
  void numbersWithoutAFrame_areNotFilledByTheFrameBefore() {
    add(0, 0, true);
    add(100, 0, false);
    add(6_000, 3, true);
    add(12_000, 6, true);

    assertThat(told)
        .containsExactly(
            "open 0 at 0",
            "part 0.0 of 200",
            "complete 0",
            "open 3 at 540000",
            "part 3.0 of 100",
            "complete 3",
            "open 6 at 1080000");
  }

  @Test
  void onlyFrameBeforeNumbersWithoutOne_lastsAPart() {
    add(0, 0, true);
    add(6_000, 3, true);

    assertThat(told)
        .containsExactly("open 0 at 0", "part 0.0 of 334", "complete 0", "open 3 at 540000");
  }

  @Test
  void segmentWithoutKeyframe_startsWherePresentationGoesOn() {
    segmenter.add(logged(0, 66, true, 0));
    segmenter.add(logged(33, 165, false, 1)); // a P-frame shown after two B-frames

    assertThat(told).contains("open 1 at %d".formatted((33 + 66) * 90));
  }

  @Test
  void onlyTheFirstPartOfASegment_hasASegmentTypeAndAReferenceTime() {
    for (int i = 0; i < 50; i++) {
      add(i * 40L, 0, i == 0);
    }
    segmenter.finish();

    assertThat(chunks.getFirst().startsSegment()).isTrue();
    assertThat(chunks.getFirst().producerReferenceTime()).isPresent();
    assertThat(chunks.subList(1, chunks.size()))
        .noneMatch(CmafChunk::startsSegment)
        .allMatch(c -> c.producerReferenceTime().isEmpty());
    assertThat(chunks).extracting(CmafChunk::sequenceNumber).startsWith(1L, 2L, 3L);
  }

  @Test
  void frameBeforeItIsDue_completesNothing_andFewAreDue() {
    for (double fps : new double[] {10, 24, 25, 29.97, 30, 50, 59.94, 60}) {
      told.clear();
      Segmenter fresh = new Segmenter(Timescale.VIDEO, POLICY, this);
      int due = 0;
      for (var arrival :
          SyntheticBroadcast.usual(20).withFps(fps, 100).withSampleRate(0).arrivals()) {
        MediaFrame frame = arrival.frame();
        boolean isDue = frame.dts() >= fresh.dueDts();
        int before = told.size();
        fresh.add(new LoggedFrame(frame, arrival.at(), arrival.at(), 0, false));
        assertThat(isDue || told.size() == before).as("%s fps at %d", fps, frame.dts()).isTrue();
        due += isDue ? 1 : 0;
      }
      assertThat(due).as("%s fps", fps).isLessThan((int) (told.size() * 1.25));
    }
  }

  @Test
  void anyFrames_areInExactlyOnePart_inOrder_withTheirTimes() {
    Seeds.each(
        200,
        random -> {
          chunks.clear();
          Segmenter fresh = new Segmenter(Timescale.VIDEO, POLICY, this);
          List<Long> fed = new ArrayList<>();
          long ms = 0;
          long segment = 0;
          for (int i = 0; i < 300; i++) {
            segment += random.nextInt(40) == 0 ? 1 : 0;
            fed.add(ms * 90);
            fresh.add(logged(ms, ms, random.nextInt(30) == 0, segment));
            ms += 1 + random.nextInt(random.nextInt(20) == 0 ? 900 : 60);
          }
          fresh.finish();

          List<Long> times = new ArrayList<>();
          for (CmafChunk chunk : chunks) {
            assertThat(chunk.samples().size() == 1 || chunk.duration() <= POLICY.target()).isTrue();
            long dts = chunk.baseMediaDecodeTime();
            for (CmafSample sample : chunk.samples()) {
              times.add(dts);
              dts += sample.duration();
            }
          }
          assertThat(times).isEqualTo(fed);
        });
  }

  private void add(long ms, long segment, boolean keyframe) {
    segmenter.add(logged(ms, ms, keyframe, segment));
  }

  private static LoggedFrame logged(long dtsMs, long ptsMs, boolean keyframe, long segment) {
    MediaFrame frame =
        new MediaFrame(TrackId.VIDEO, dtsMs * 90, ptsMs * 90, keyframe, Bytes.ofUtf8("frame"));
    Instant at = SyntheticBroadcast.BEGIN.plusMillis(ptsMs);
    return new LoggedFrame(frame, at, at, segment, false);
  }
}
