package nova.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.segments.MalformedTimelineException;
import nova.segments.RandomTimelines;
import nova.segments.TimelineDelta;
import nova.segments.TimelineSnapshot;
import nova.testkit.FuzzTarget;
import org.junit.jupiter.api.Test;

class TimelineNoticeTest {
  private static final StreamId STREAM = new StreamId("stream1");

  @Test
  void notice_comesBackAsItWas() {
    for (TimelineNotice notice : all()) {
      assertThat(TimelineNotice.read(notice.write())).isEqualTo(notice);
    }
  }

  @Test
  void damagedNotice_isReadOrRefused() {
    List<ByteBuffer> seeds = all().stream().map(notice -> notice.write().asByteBuffer()).toList();
    new FuzzTarget(
            "timeline-notice",
            seeds,
            400,
            bytes -> {
              try {
                TimelineNotice read = TimelineNotice.read(Bytes.wrap(bytes));
                assertThat(TimelineNotice.read(read.write())).isEqualTo(read);
              } catch (MalformedTimelineException e) {
                assertThat(e.reason()).matches("[a-z-]+");
              }
            })
        .attackWithDamage(5_000);
  }

  @Test
  void timeThatNeverIs_isRefused() {
    Bytes good = new TimelineNotice.PosterTaken(STREAM, 2, Instant.EPOCH).write();
    for (long second :
        new long[] {Long.MIN_VALUE, Instant.MIN.getEpochSecond() - 1, Long.MAX_VALUE}) {
      ByteBuffer bytes = ByteBuffer.allocate(good.length());
      good.copyTo(bytes);
      bytes.putLong(good.length() - 12, second).flip();
      assertThatThrownBy(() -> TimelineNotice.read(Bytes.wrap(bytes)))
          .isInstanceOf(MalformedTimelineException.class);
    }
  }

  private static List<TimelineNotice> all() {
    Random random = new Random(3);
    TimelineSnapshot before = RandomTimelines.any(STREAM, random);
    return List.of(
        new TimelineNotice.Changed(
            7, TimelineDelta.between(before, RandomTimelines.next(before, random))),
        new TimelineNotice.Replaced(STREAM, Long.MAX_VALUE, 9),
        new TimelineNotice.Removed(STREAM, 1),
        new TimelineNotice.PosterTaken(STREAM, 2, Instant.parse("2026-11-01T12:00:00.000000001Z")));
  }
}
