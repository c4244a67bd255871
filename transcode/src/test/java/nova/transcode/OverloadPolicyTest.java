package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import nova.testkit.FakeClock;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class OverloadPolicyTest {
  private static final OverloadConfig CONFIG =
      new OverloadConfig(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(30), 55);
  private static final int STEPS = 5;

  private final FakeClock clock = new FakeClock();
  private final OverloadPolicy policy = new OverloadPolicy(CONFIG, STEPS, clock.nanoTime());

  private WorkerSample sample(double speed, double busy, int queued, long lagMs) {
    return new WorkerSample(
        clock.nanoTime(), speed, busy, queued, 4, Duration.ofMillis(lagMs), false);
  }

  /// Gives such samples once a second.
  ///
  /// @return the second after which a step was asked for, -1 without
  private int secondsUntilStep(int most, double speed, double busy, int queued, long lagMs) {
    for (int second = 1; second <= most; second++) {
      clock.advance(Duration.ofSeconds(1));
      if (policy.judge(sample(speed, busy, queued, lagMs)).isPresent()) {
        return second;
      }
    }
    return -1;
  }

  @Test
  void liveSourceThatIsKeptUpWith_needsNoStep() {
    assertThat(secondsUntilStep(600, 1.0, 0.85, 2, 150)).isEqualTo(-1);
    assertThat(policy.step()).isZero();
  }

  @Test
  void framesThatAreLate_needAStepAfterTheirPatience() {
    assertThat(secondsUntilStep(60, 1.0, 0.95, 3, 1_200)).isEqualTo(4);
    assertThat(policy.judge(sample(1.0, 0.95, 3, 1_200))).hasValue(1);
  }

  @Test
  void framesThatAreVeryLate_needSeveralStepsAtOnce_butNotMoreThanThereAre() {
    assertThat(secondsUntilStep(60, 0.2, 0.95, 4, 3_400)).isEqualTo(4);
    assertThat(policy.judge(sample(0.2, 0.95, 4, 3_400))).hasValue(2);
    assertThat(policy.judge(sample(0.2, 0.95, 4, 60_000))).hasValue(STEPS - 1);
  }

  @Test
  void fullQueueOfABusyWorker_needsAStep_beforeFramesAreLate() {
    assertThat(secondsUntilStep(60, 0.99, 0.98, 4, 300)).isEqualTo(4);
  }

  @Test
  void sourceThatFallsSilent_isNoOverload() {
    assertThat(secondsUntilStep(600, 0.2, 0.2, 0, 100)).isEqualTo(-1);
  }

  @Test
  void workerThatCatchesUp_isNotLate() {
    assertThat(secondsUntilStep(60, 1.4, 1.0, 4, 4_000)).isEqualTo(-1);
  }

  @Test
  void latenessThatEndsBeforeThePatience_isForgotten() {
    for (int i = 0; i < 100; i++) {
      assertThat(secondsUntilStep(2, 0.9, 1.0, 4, 2_000)).isEqualTo(-1);
      assertThat(secondsUntilStep(1, 1.0, 0.7, 1, 200)).isEqualTo(-1);
    }
  }

  @Test
  void afterAStepAndAfterAStart_nothingIsJudged_untilItCanHaveTakenEffect() {
    policy.took(1, clock.nanoTime());
    assertThat(secondsUntilStep(60, 0.8, 1.0, 4, 3_000)).isEqualTo(8);
    policy.workerStarted(clock.nanoTime());
    assertThat(secondsUntilStep(60, 0.8, 1.0, 4, 3_000)).isEqualTo(8);
  }

  @Test
  void lastStep_isTheLast() {
    policy.took(STEPS - 1, clock.nanoTime());
    assertThat(secondsUntilStep(600, 0.5, 1.0, 4, 9_000)).isEqualTo(-1);
  }

  @Test
  void ease_takesAStepBackAfterTheRecovery() {
    policy.took(2, clock.nanoTime());
    assertThat(secondsUntilStep(120, 1.0, 0.5, 0, 150)).isEqualTo(35);
    assertThat(policy.judge(sample(1.0, 0.5, 0, 150))).hasValue(1);
  }

  @Test
  void upStepThatFails_doublesTheTimeUntilTheNext_andOneThatHoldsBringsItBack() {
    policy.took(1, clock.nanoTime());
    assertThat(secondsUntilStep(600, 1.0, 0.5, 0, 150)).isEqualTo(35);
    policy.took(0, clock.nanoTime());
    assertThat(secondsUntilStep(60, 0.8, 1.0, 4, 3_000)).isEqualTo(8);
    policy.took(1, clock.nanoTime());
    assertThat(secondsUntilStep(600, 1.0, 0.5, 0, 150)).isEqualTo(65);
    policy.took(0, clock.nanoTime());
    assertThat(secondsUntilStep(120, 1.0, 0.5, 0, 150)).as("it holds").isEqualTo(-1);
    policy.took(1, clock.nanoTime());
    assertThat(secondsUntilStep(600, 1.0, 0.5, 0, 150)).isEqualTo(35);
  }

  @Test
  void machineThatIsTooSmallByALittle_isTriedLessAndLessOften() {
    List<Integer> steps = stepsOfHours(2_000);
    assertThat(steps.getFirst()).isLessThanOrEqualTo(14);
    assertThat(steps.subList(2, 6)).allSatisfy(n -> assertThat(n).isLessThanOrEqualTo(2));
  }

  /// One that is much too small for it falls by several steps; those that hold on the way back do
  /// not let the one that does not be tried sooner.
  @Test
  void machineThatIsMuchTooSmall_isTriedLessAndLessOften() {
    List<Integer> steps = stepsOfHours(5_000);
    assertThat(steps.getFirst()).isLessThanOrEqualTo(40);
    assertThat(steps.subList(2, 6)).allSatisfy(n -> assertThat(n).isLessThanOrEqualTo(8));
  }

  /// What six hours bring when all steps but the first are easy.
  private List<Integer> stepsOfHours(long lagMs) {
    List<Integer> stepsOfHours = new ArrayList<>();
    for (int hour = 0; hour < 6; hour++) {
      int taken = 0;
      for (int second = 0; second < 3_600; second++) {
        clock.advance(Duration.ofSeconds(1));
        boolean small = policy.step() == 0;
        OptionalInt next =
            policy.judge(small ? sample(0.9, 1.0, 4, lagMs) : sample(1.0, 0.5, 0, 150));
        if (next.isPresent()) {
          taken++;
          policy.took(next.getAsInt(), clock.nanoTime());
        }
      }
      stepsOfHours.add(taken);
    }
    return stepsOfHours;
  }

  /// Whatever the load, steps are at least as far apart as one takes to be judged.
  @Test
  void anyLoad_neverMovesMoreThanOneStepInEightSeconds() {
    Seeds.each(
        50,
        random -> {
          FakeClock time = new FakeClock();
          OverloadPolicy any = new OverloadPolicy(CONFIG, STEPS, time.nanoTime());
          long lastNs = time.nanoTime() - Duration.ofHours(1).toNanos();
          boolean heavy = false;
          for (int second = 0; second < 2_000; second++) {
            time.advance(Duration.ofSeconds(1));
            heavy = random.nextInt(20) == 0 ? !heavy : heavy;
            WorkerSample next =
                new WorkerSample(
                    time.nanoTime(),
                    heavy ? 0.8 : 1.0,
                    heavy ? 1.0 : random.nextDouble(),
                    random.nextInt(5),
                    4,
                    Duration.ofMillis(heavy ? 2_000 : 200),
                    false);
            OptionalInt step = any.judge(next);
            if (step.isPresent()) {
              assertThat(Math.abs(step.getAsInt() - any.step())).isEqualTo(1);
              assertThat(step.getAsInt()).isBetween(0, STEPS - 1);
              assertThat(time.nanoTime() - lastNs)
                  .isGreaterThanOrEqualTo(Duration.ofSeconds(8).toNanos());
              any.took(step.getAsInt(), time.nanoTime());
              lastNs = time.nanoTime();
            }
          }
        });
  }
}
