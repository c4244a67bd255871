package nova.transcode;

import java.util.OptionalLong;

/// Since when a worker owes a sign of life: it got something and has not said anything since, or
/// does not even take what it is given, or has been told that nothing more will come.
///
/// *Thread-safe*: one thread gives, one hears, any asks.
final class WorkerPulse {
  // Each field is written by one of the threads only.
  private volatile long given;
  private volatile long firstUnansweredNs;
  private volatile boolean giving;
  private volatile boolean ending;
  private volatile long answered;
  private volatile long heardNs;

  WorkerPulse(long nowNs) {
    heardNs = nowNs;
    firstUnansweredNs = nowNs;
  }

  /// The worker is about to be given something; on the giver's thread.
  ///
  /// @param last whether nothing will come after it, so that the worker owes its end
  void giving(boolean last, long nowNs) {
    if (given == answered) {
      firstUnansweredNs = nowNs;
    }
    giving = true;
    if (last) {
      ending = true;
    }
  }

  /// The worker was given it; on the giver's thread.
  void gave() {
    long count = given + 1;
    given = count;
    giving = false;
  }

  /// The worker said something; on the hearer's thread.
  void heard(long nowNs) {
    answered = given;
    heardNs = nowNs;
  }

  /// Since when it owes something; empty when it does not.
  OptionalLong owesSince() {
    boolean owes = giving || ending || given != answered;
    return owes ? OptionalLong.of(latest(heardNs, firstUnansweredNs)) : OptionalLong.empty();
  }

  /// Of two readings of a clock that may begin anywhere.
  private static long latest(long a, long b) {
    return a - b > 0 ? a : b;
  }
}
