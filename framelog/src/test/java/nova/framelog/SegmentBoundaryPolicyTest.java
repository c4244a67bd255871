package nova.framelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.SegmentBoundaryPolicy.Placement;
import nova.media.MediaFrame;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class SegmentBoundaryPolicyTest {
  private static final Timescale AUDIO = new Timescale(48_000);

  /// One segment of one track, in seconds of decode time.
  private record Segment(long number, boolean keyframe, double start, double duration) {}

  private record Placed(MediaFrame frame, Placement placement) {}

  @Test
  void twoSecondGops_withMillisecondStamps_makeOneSegmentEach() {
    for (double fps : new double[] {10, 23.976, 24, 25, 29.97, 30, 50, 59.94, 60}) {
      int gop = (int) Math.round(2 * fps);
      List<Segment> video = video(SyntheticBroadcast.usual(20).withFps(fps, gop).withSampleRate(0));

      assertThat(video).as("%s fps", fps).hasSize(10).allMatch(Segment::keyframe);
    }
  }

  @Test
  void gopStampedOneMillisecondShort_stillCuts() {
    SegmentBoundaryPolicy policy = policy(TrackId.VIDEO);

    assertThat(policy.place(video(0, true)).segment()).isEqualTo(7);
    assertThat(policy.place(video(1_000, false)).segment()).isEqualTo(7);
    assertThat(policy.place(video(1_999, true))).isEqualTo(new Placement(8, true));
  }

  @Test
  void oneSecondGops_makeSegmentsOfTwo() {
    List<Segment> video = video(SyntheticBroadcast.usual(20).withFps(30, 30));

    assertThat(video.subList(0, video.size() - 1))
        .hasSize(9)
        .allSatisfy(s -> assertThat(s.duration).isCloseTo(2, within(0.002)));
  }

  @Test
  void gopOfFourSeconds_isNeverCutInside() {
    for (double fps : new double[] {24, 25, 29.97, 30, 60}) {
      List<Segment> video =
          video(SyntheticBroadcast.usual(41).withFps(fps, (int) Math.floor(4 * fps)));

      assertThat(video).as("%s fps", fps).allMatch(Segment::keyframe).hasSize(11);
    }
  }

  @Test
  void obsDefaultGopAt60Fps_isWaitedFor_onceItIsKnown() {
    List<Segment> video = video(SyntheticBroadcast.usual(42).withFps(60, 250));

    assertThat(video.get(0).duration).isCloseTo(4, within(0.02));
    assertThat(video.subList(2, video.size() - 1))
        .allMatch(Segment::keyframe)
        .allSatisfy(s -> assertThat(s.duration).isCloseTo(4.167, within(0.002)));
  }

  @Test
  void obsDefaultGopAt30Fps_isDividedEvenly_andEveryKeyframeBeginsASegment() {
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(60).withFps(30, 250);
    List<Segment> video = video(broadcast);

    assertThat(video).filteredOn(Segment::keyframe).hasSize(8);
    assertThat(video.subList(3, video.size() - 1))
        .allSatisfy(s -> assertThat(s.duration).isBetween(2.7, 2.85));
  }

  @Test
  void audioAlone_isCutAboutEveryTwoSeconds() {
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(30).withFps(0, 1);

    List<Segment> audio = segments(placed(broadcast), TrackId.AUDIO, AUDIO);
    assertThat(audio.subList(0, audio.size() - 1))
        .allSatisfy(s -> assertThat(s.duration).isBetween(1.9, 2.0));
  }

  @Test
  void follower_beginsTheNumber_withItsFirstFrameAtOrAfterTheCut() {
    SegmentBoundaryPolicy policy = policy(TrackId.VIDEO, TrackId.AUDIO);
    Placement _ = policy.place(video(0, true));
    Placement _ = policy.place(audio(0));
    Placement _ = policy.place(video(2_000, true));

    assertThat(policy.place(audio(95_999))).isEqualTo(new Placement(7, false));
    assertThat(policy.place(audio(96_000))).isEqualTo(new Placement(8, true));
  }

  @Test
  void silentLeader_followerCutsForAll_andTheLeaderObeys() {
    SegmentBoundaryPolicy policy = policy(TrackId.VIDEO, TrackId.AUDIO);
    Placement _ = policy.place(video(0, true));
    long last = 7;
    for (long time = 0; time < 48_000 * 10; time += 1_024) {
      last = policy.place(audio(time)).segment();
    }

    assertThat(last).isEqualTo(9);
    assertThat(policy.place(video(10_000, false))).isEqualTo(new Placement(9, true));
    assertThat(policy.place(video(10_033, true))).isEqualTo(new Placement(10, true));
  }

  @Test
  void followerSilentForSomeNumbers_goesOnWithTheCurrentOne() {
    SegmentBoundaryPolicy policy = policy(TrackId.VIDEO, TrackId.AUDIO);
    for (long ms = 0; ms <= 300_000; ms += 1_000) {
      Placement _ = policy.place(video(ms, ms % 2_000 == 0));
    }

    assertThat(policy.place(audio(48_000 * 300)).segment()).isEqualTo(policy.lastSegment());
  }

  @Test
  void anyBroadcast_keepsLengthsNumbersAndKeyframes() {
    Seeds.each(100, this::checkRandomBroadcast);
  }

  private void checkRandomBroadcast(Random random) {
    List<MediaFrame> frames = randomFrames(random);
    List<Placed> placed = place(frames);
    Map<TrackId, Timescale> tracks = timescales(frames);

    long previous = 6;
    for (Placed one : placed) {
      // A new number is always one more than the highest before.
      assertThat(one.placement.segment()).isLessThanOrEqualTo(previous + 1);
      previous = Math.max(previous, one.placement.segment());
    }
    tracks.forEach(
        (track, timescale) -> {
          List<Segment> segments = segments(placed, track, timescale);
          for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            assertThat(segment.duration).as("segment %s", segment).isLessThan(4.5);
            assertThat(segment.number).isEqualTo(7 + i);
          }
        });
    assertThat(place(frames)).isEqualTo(placed);
  }

  /// Video with GOPs of random length, jitter and B-frames; audio that runs ahead or behind.
  private static List<MediaFrame> randomFrames(Random random) {
    double fps = 10 + random.nextInt(51);
    boolean audioToo = random.nextInt(4) > 0;
    double longestGop = random.nextBoolean() ? 4 : 12;
    int reorder = random.nextInt(3);
    double ahead = random.nextDouble() - 0.5;
    TreeMap<Double, List<MediaFrame>> byArrival = new TreeMap<>();
    int untilKeyframe = 0;
    long before = -1;
    for (int i = 0; i < 40 * fps; i++) {
      boolean keyframe = untilKeyframe-- <= 0;
      if (keyframe) {
        untilKeyframe = (int) (fps * (0.3 + random.nextDouble() * (longestGop - 0.3)));
      }
      long ms = Math.max(before + 1, Math.round(i * 1000 / fps) + random.nextInt(5) - 2);
      before = ms;
      long cts = keyframe ? reorder : random.nextInt(2 * reorder + 1);
      MediaFrame frame =
          new MediaFrame(
              TrackId.VIDEO,
              ms * 90,
              Math.round((ms + cts * 1000 / fps) * 90),
              keyframe,
              Bytes.EMPTY);
      byArrival.computeIfAbsent(i / fps, _ -> new ArrayList<>()).add(frame);
    }
    for (long time = 0; audioToo && time < 40 * 48_000; time += 1_024) {
      MediaFrame frame = audio(time);
      double at = Math.max(0, time / 48_000.0 - ahead);
      byArrival.computeIfAbsent(at, _ -> new ArrayList<>()).add(frame);
    }
    return byArrival.values().stream().flatMap(List::stream).toList();
  }

  private static List<Segment> video(SyntheticBroadcast broadcast) {
    return segments(placed(broadcast), TrackId.VIDEO, Timescale.VIDEO);
  }

  private static List<Placed> placed(SyntheticBroadcast broadcast) {
    return place(broadcast.arrivals().stream().map(SyntheticBroadcast.Arrival::frame).toList());
  }

  private static List<Placed> place(List<MediaFrame> frames) {
    SegmentBoundaryPolicy policy = new SegmentBoundaryPolicy(timescales(frames), 7);
    return frames.stream().map(frame -> new Placed(frame, policy.place(frame))).toList();
  }

  private static Map<TrackId, Timescale> timescales(List<MediaFrame> frames) {
    Map<TrackId, Timescale> timescales = new HashMap<>();
    frames.forEach(f -> timescales.put(f.track(), timescale(f.track())));
    return timescales;
  }

  private static Timescale timescale(TrackId track) {
    return track.equals(TrackId.VIDEO) ? Timescale.VIDEO : AUDIO;
  }

  private static List<Segment> segments(List<Placed> placed, TrackId track, Timescale timescale) {
    List<Segment> segments = new ArrayList<>();
    List<Placed> mine = placed.stream().filter(p -> p.frame.track().equals(track)).toList();
    int head = 0;
    for (int i = 1; i <= mine.size(); i++) {
      if (i == mine.size() || mine.get(i).placement.cut()) {
        MediaFrame first = mine.get(head).frame;
        long end = i < mine.size() ? mine.get(i).frame.dts() : mine.get(i - 1).frame.dts();
        segments.add(
            new Segment(
                mine.get(head).placement.segment(),
                first.keyframe(),
                timescale.toSeconds(first.dts()),
                timescale.toSeconds(end - first.dts())));
        head = i;
      }
    }
    return segments;
  }

  private static SegmentBoundaryPolicy policy(TrackId... tracks) {
    Map<TrackId, Timescale> timescales = new HashMap<>();
    for (TrackId track : tracks) {
      timescales.put(track, timescale(track));
    }
    return new SegmentBoundaryPolicy(timescales, 7);
  }

  private static MediaFrame video(long ms, boolean keyframe) {
    return new MediaFrame(TrackId.VIDEO, ms * 90, ms * 90, keyframe, Bytes.EMPTY);
  }

  private static MediaFrame audio(long ticks) {
    return new MediaFrame(TrackId.AUDIO, ticks, ticks, true, Bytes.EMPTY);
  }
}
