package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import nova.testkit.FakeClock;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class StandingClockTest {
  private final FakeClock wall = new FakeClock();
  private final StandingClock clock = new StandingClock();

  @Test
  void clockThatStands_goesOnWithArrival() {
    for (long stands : new long[] {0, 4_000_000_000L}) {
      StandingClock fresh = new StandingClock();
      long time = 0;
      for (int frame = 0; frame < 1_000; frame++) {
        time = fresh.timeOf(stands, wall.instant());
        assertThat(time - stands).isEqualTo(frame * 40 < 300 ? 0 : frame * 40);
        wall.advanceMs(40);
      }
      assertThat(time).isEqualTo(stands + 999 * 40);
    }
  }

  @Test
  void arrivalInBursts_isSpread() {
    Seeds.each(
        50,
        random -> {
          FakeClock arrival = new FakeClock();
          StandingClock standing = new StandingClock();
          long before = 0;
          long behind = 0;
          for (int frame = 0; frame < 2_000; frame++) {
            // frames of 20 ms that wait up to 400 ms for the network, the first ones excepted
            behind = behind > 0 ? behind - 20 : frame > 20 && random.nextInt(50) == 0 ? 400 : 0;
            arrival.advance(
                Duration.between(
                    arrival.instant(), new FakeClock().instant().plusMillis(frame * 20L + behind)));
            long time = standing.timeOf(0, arrival.instant());
            if (frame > 100) {
              assertThat(time - before).isBetween(1L, 60L);
              assertThat(time - frame * 20L).isBetween(-300L, 700L);
            }
            before = time;
          }
        });
  }

  @Test
  void clockThatMoves_isBelieved() {
    for (int fps : new int[] {1, 10, 24, 60, 120}) {
      StandingClock fresh = new StandingClock();
      for (int frame = 0; frame < 1_000; frame++) {
        if (frame % 100 == 99) {
          wall.advance(Duration.ofSeconds(5)); // a stalled network, and then all at once
        }
        long ms = frame * 1_000L / fps;
        assertThat(fresh.timeOf(ms, wall.instant())).isEqualTo(ms);
      }
    }
  }

  @Test
  void fewFramesOfTheSameTime_areLeftAlone() {
    for (int frame = 0; frame < 3; frame++) {
      assertThat(clock.timeOf(0, wall.instant())).isZero();
      wall.advanceMs(1_000);
    }
    assertThat(clock.timeOf(3_000, wall.instant())).isEqualTo(3_000);
  }

  @Test
  void clockThatMovesAgain_isBelievedAgain() {
    for (int frame = 0; frame < 50; frame++) {
      clock.timeOf(0, wall.instant());
      wall.advanceMs(40);
    }
    for (int ms = 2_000; ms < 4_000; ms += 40) {
      assertThat(clock.timeOf(ms, wall.instant())).isEqualTo(ms);
      wall.advanceMs(40);
    }
  }

  @Test
  void wallClock_thatIsSet_movesNothingFar() {
    long before = 0;
    for (int frame = 0; frame < 500; frame++) {
      if (frame == 100) {
        wall.jumpWallClock(Duration.ofHours(-1));
      } else if (frame == 200) {
        wall.jumpWallClock(Duration.ofHours(1));
      }
      long time = clock.timeOf(0, wall.instant());
      assertThat(time - before).isBetween(0L, 10_040L);
      before = time;
      wall.advanceMs(40);
    }
  }
}
