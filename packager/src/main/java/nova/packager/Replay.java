package nova.packager;

import nova.core.Epoch;
import nova.framelog.LogEntry.LoggedFrame;

/// What a process that goes on with a stream reads again of its log: enough to have what was
/// published cut again as it was, before anything new comes.
///
/// *Immutable.*
///
/// @param from number of the first segment that is cut again
/// @param firstEpoch that it belongs to
/// @param lastEpoch the newest that media was published of; -1 when there is none
record Replay(long from, int firstEpoch, int lastEpoch) {
  /// Nothing was published.
  static final Replay NOTHING = new Replay(0, 0, -1);

  /// Whether a frame only tells what comes before the segments that are cut again.
  boolean isBefore(LoggedFrame frame) {
    return frame.segment() < from;
  }

  /// Whether nothing of an epoch is cut again, because it was over.
  boolean passesOver(Epoch epoch) {
    return epoch.number() < firstEpoch;
  }

  /// Whether media of an epoch, or of a later one, was published.
  boolean covers(Epoch epoch) {
    return epoch.number() <= lastEpoch;
  }

  /// Whether media of a later epoch was published.
  boolean wasOver(Epoch epoch) {
    return epoch.number() < lastEpoch;
  }
}
