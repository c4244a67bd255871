package nova.packager;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import nova.core.Epoch;
import org.jspecify.annotations.Nullable;

/// The epochs of a stream that its playlists still show, and the one that may come: which of them a
/// segment number belongs to, and which numbers begin with a discontinuity. One truth for all
/// renditions, so that their discontinuity sequence numbers agree, also of one that joins late.
///
/// *Confined to the holder of its stream's lock.*
final class StreamEpochs {
  private final Deque<EpochTimes> newestFirst = new ArrayDeque<>();
  private long withMedia; // epochs before the newest

  /// The source began an epoch.
  EpochTimes begin(Epoch epoch, long firstNumber) {
    EpochTimes before = newestFirst.peekFirst();
    if (before != null && before.hasMedia()) {
      withMedia++;
    } else if (before != null) {
      newestFirst.removeFirst();
    }
    EpochTimes next = new EpochTimes(epoch, firstNumber, withMedia);
    newestFirst.addFirst(next);
    return next;
  }

  /// Goes on with the epochs that another process published media of.
  ///
  /// @param published oldest first
  void restore(List<EpochTimes> published) {
    published.forEach(newestFirst::addFirst);
    withMedia = published.getLast().discontinuities();
  }

  /// An epoch that began, or was published by another process; null when it is not known.
  @Nullable EpochTimes find(Epoch epoch) {
    for (EpochTimes times : newestFirst) {
      if (times.epoch().equals(epoch)) {
        return times;
      }
    }
    return null;
  }

  /// The number after the last that began so far; 0 before the first epoch.
  long nextNumber() {
    EpochTimes newest = newestFirst.peekFirst();
    return newest == null ? 0 : newest.nextNumber();
  }

  /// The epoch that a number belongs to.
  EpochTimes of(long number) {
    for (EpochTimes times : newestFirst) {
      if (times.firstNumber() <= number) {
        return times;
      }
    }
    return newestFirst.getLast(); // older than anything known
  }

  /// Whether EXT-X-DISCONTINUITY stands before a number.
  boolean isDiscontinuity(long number) {
    EpochTimes times = of(number);
    return times.discontinuities() > 0 && number == times.firstNumber();
  }

  /// Discontinuities before a number, without the one that stands right before it.
  long discontinuitiesBefore(long number) {
    long discontinuities = of(number).discontinuities();
    return isDiscontinuity(number) ? discontinuities - 1 : discontinuities;
  }

  /// Whether a number is known to be over by at least `patienceNs` when another began at `nowNs`.
  boolean overdue(long number, long nowNs, long patienceNs) {
    return of(number + 1).clock().overdue(number, nowNs, patienceNs);
  }

  /// Forgets what ended before a number.
  void forgetBefore(long number) {
    while (newestFirst.size() > 1 && newestFirst.getLast().nextNumber() <= number) {
      newestFirst.removeLast();
    }
  }
}
