package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.MediaFrame;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RungLagTest {
  private final FakeClock clock = new FakeClock();
  private final RungLag lag = new RungLag(clock::nanoTime);

  private static LogEntry cameAt(Instant arrivedAt) {
    return new LoggedFrame(
        new MediaFrame(TrackId.VIDEO, 0, 0, true, Bytes.wrap(new byte[] {1})),
        arrivedAt,
        arrivedAt,
        1,
        false);
  }

  /// Frames, one each 100 ms, that come by a clock ahead of ours, and are encoded later.
  private Duration encode(Duration time, Duration ahead, Duration later) {
    for (long ms = 0; ms < time.toMillis(); ms += 100) {
      clock.advance(Duration.ofMillis(100));
      Instant came = clock.instant().plus(ahead);
      lag.read(cameAt(came));
      lag.heard(cameAt(came.minus(later)));
    }
    return lag.longest();
  }

  @ParameterizedTest
  @ValueSource(ints = {-5, 0, 5})
  void ingestsClock_doesNotMatter(int aheadSeconds) {
    Duration ahead = Duration.ofSeconds(aheadSeconds);
    assertThat(encode(Duration.ofSeconds(90), ahead, Duration.ofMillis(300)))
        .isEqualTo(Duration.ofMillis(300));
    assertThat(encode(Duration.ofSeconds(2), ahead, Duration.ofMillis(1_500)))
        .isEqualTo(Duration.ofMillis(1_500));
    assertThat(lag.longest()).isZero();
  }

  @Test
  void workerThatDoesNotTakeWhatWasRead_isLate() {
    encode(Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ZERO);
    Instant came = clock.instant().plusSeconds(3);
    lag.read(cameAt(came));
    clock.advance(Duration.ofSeconds(7)); // nothing is read meanwhile
    lag.read(cameAt(came.plusSeconds(1)));
    lag.heard(cameAt(came));
    assertThat(lag.longest()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void workerThatBeginsBehind_isLateByMoreThanThat_only() {
    lag.read(cameAt(clock.instant().minusSeconds(8)));
    lag.heard(cameAt(clock.instant().minusSeconds(8)));
    assertThat(lag.longest()).isZero();
    assertThat(encode(Duration.ofSeconds(1), Duration.ZERO, Duration.ofMillis(200)))
        .isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void anotherIngest_mayHaveAnotherClock() {
    encode(Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(200));
    lag.read(new EpochStarted(new Epoch(2), 6, clock.instant()));
    lag.heard(cameAt(clock.instant())); // of the epoch before
    assertThat(encode(Duration.ofSeconds(10), Duration.ofSeconds(-3), Duration.ofMillis(200)))
        .isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void clockThatIsSet_isBelieved_withinAMinute() {
    encode(Duration.ofSeconds(90), Duration.ofSeconds(3), Duration.ofMillis(200));
    encode(Duration.ofSeconds(61), Duration.ofSeconds(1), Duration.ofMillis(200));
    assertThat(encode(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(200)))
        .isEqualTo(Duration.ofMillis(200));
  }
}
