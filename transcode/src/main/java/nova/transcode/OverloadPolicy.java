package nova.transcode;

import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;

/// Decides when a worker is to do less, and when more again: less by a step, or by several when it
/// is late by a multiple of the limit, more by one.
///
/// *Late* is a worker whose frames come long after their source's, or that works all the time and
/// still falls behind; one that catches up, as after a restart, is not. *At ease* is one that has
/// time left. A step down needs lateness for the whole of a short time, a step up ease for the
/// whole of a long one, and after each step nothing is judged until it can have taken effect. A
/// step up that has to be taken back soon doubles the time until it is tried again, so a machine
/// that is too small for it is not tried again and again.
///
/// A live source holds a worker to a speed of 1, so speed alone never shows ease; the share of time
/// that its threads work does.
///
/// *Confined to its creator's thread.*
final class OverloadPolicy {
  // A step takes effect with the next segment, which begins within 4 s.
  private static final Duration TAKES_EFFECT = Duration.ofSeconds(5);
  private static final Duration LONGEST_RECOVERY = Duration.ofHours(1);
  private static final double CATCHES_UP = 1.05;
  private static final double FALLS_BEHIND = 0.95;
  private static final double BUSY = 0.9;

  private final OverloadConfig config;
  private final int lastStep;
  private int step;
  private long judgesFromNs;
  private boolean late;
  private long lateSinceNs;
  private boolean atEase;
  private long atEaseSinceNs;
  private final Duration[] recoveries; // before each step is gone back to
  private boolean onTrial;
  private long trialSinceNs;

  /// @param steps there are, with the one in which all is done
  OverloadPolicy(OverloadConfig config, int steps, long nowNs) {
    this.config = config;
    this.lastStep = steps - 1;
    this.recoveries = new Duration[steps];
    Arrays.fill(recoveries, config.recovery());
    this.judgesFromNs = nowNs;
  }

  /// The step that is taken now, 0 when all is done.
  int step() {
    return step;
  }

  /// A worker begins; what was seen of the one before does not count.
  void workerStarted(long nowNs) {
    settle(nowNs);
  }

  /// Takes the next sample.
  ///
  /// @return the step to take, when it is another
  OptionalInt judge(WorkerSample sample) {
    long now = sample.atNs();
    if (now - judgesFromNs < 0) {
      return OptionalInt.empty();
    }
    if (onTrial && now - trialSinceNs > recoveries[step].toNanos()) {
      onTrial = false;
      recoveries[step] = config.recovery();
    }
    boolean lateNow = isLate(sample);
    if (lateNow && !late) {
      lateSinceNs = now;
    }
    late = lateNow;
    boolean easeNow = isAtEase(sample);
    if (easeNow && !atEase) {
      atEaseSinceNs = now;
    }
    atEase = easeNow;
    if (late && step < lastStep && now - lateSinceNs >= config.patience().toNanos()) {
      return OptionalInt.of(Math.min(lastStep, step + stepsFor(sample)));
    }
    if (atEase && step > 0 && now - atEaseSinceNs >= recoveries[step - 1].toNanos()) {
      return OptionalInt.of(step - 1);
    }
    return OptionalInt.empty();
  }

  /// The step is taken.
  void took(int next, long nowNs) {
    if (next < step) {
      onTrial = true;
      trialSinceNs = nowNs;
    } else if (onTrial) {
      onTrial = false;
      Duration twice = recoveries[step].multipliedBy(2);
      recoveries[step] = twice.compareTo(LONGEST_RECOVERY) < 0 ? twice : LONGEST_RECOVERY;
    }
    step = next;
    settle(nowNs);
  }

  private void settle(long nowNs) {
    judgesFromNs = nowNs + TAKES_EFFECT.toNanos();
    late = false;
    atEase = false;
  }

  /// Who is late by three times the limit and more is far from keeping up: one step after the other
  /// would take longer than players wait.
  private int stepsFor(WorkerSample sample) {
    return Math.clamp(sample.lag().dividedBy(config.lag()) - 1, 1, lastStep);
  }

  private boolean isLate(WorkerSample sample) {
    if (sample.speed() >= CATCHES_UP) {
      return false;
    }
    boolean worksAllTheTime = sample.busyShare() > BUSY;
    return sample.lag().compareTo(config.lag()) > 0
        || (worksAllTheTime && (isQueueFull(sample) || sample.speed() < FALLS_BEHIND));
  }

  private boolean isAtEase(WorkerSample sample) {
    return sample.busyShare() * 100 <= config.busyPercent()
        && sample.lag().compareTo(config.lag().dividedBy(2)) <= 0
        && !isQueueFull(sample);
  }

  private static boolean isQueueFull(WorkerSample sample) {
    return sample.queueCapacity() > 0 && sample.queueDepth() >= sample.queueCapacity();
  }
}
