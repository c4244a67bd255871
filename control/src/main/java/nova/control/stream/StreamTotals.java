package nova.control.stream;

import nova.core.Epoch;
import nova.core.StreamHealth;

/// What a stream has counted since it began; final when it is over.
///
/// *Immutable.*
///
/// @param epochs publish sessions, and changes of formats within them
/// @param reconnects how often its broadcaster returned
public record StreamTotals(
    int epochs,
    int reconnects,
    long receivedBytes,
    long receivedFrames,
    long droppedFrames,
    long repairedTimestamps) {
  /// Nothing yet.
  public static final StreamTotals NONE = new StreamTotals(0, 0, 0, 0, 0, 0);

  StreamTotals with(StreamHealth health) {
    return new StreamTotals(
        epochs,
        reconnects,
        health.receivedBytes(),
        health.receivedFrames(),
        health.droppedFrames(),
        health.repairedTimestamps());
  }

  /// @param returned whether its broadcaster had been lost
  StreamTotals withEpoch(Epoch epoch, boolean returned) {
    return new StreamTotals(
        epoch.number() + 1,
        reconnects + (returned ? 1 : 0),
        receivedBytes,
        receivedFrames,
        droppedFrames,
        repairedTimestamps);
  }
}
