package nova.framelog.pipe;

/// How a worker is doing. Counts are since it started.
///
/// *Immutable.*
///
/// @param pictures decoded so far
/// @param droppedFrames frames of the source that no picture came of: damaged, or before a keyframe
/// @param speed media time decoded per time that passed since the last report; 0 when no picture
///   was decoded
/// @param busyShare of the time since the last report, 0 to 1, that the busiest of the worker's
///   threads worked instead of waiting for work
/// @param queueDepth pictures that wait for the rung with the longest queue
/// @param queueCapacity how many may wait; then decoding waits too
public record WorkerProgress(
    long pictures,
    long droppedFrames,
    double speed,
    double busyShare,
    int queueDepth,
    int queueCapacity) {
  public WorkerProgress {
    if (pictures < 0 || droppedFrames < 0 || queueDepth < 0 || queueCapacity < 0) {
      throw new IllegalArgumentException(
          "progress of %d pictures, %d dropped, %d of %d queued (expected: none below 0)"
              .formatted(pictures, droppedFrames, queueDepth, queueCapacity));
    }
    if (!(speed >= 0)) {
      throw new IllegalArgumentException("speed %s (expected: >= 0)".formatted(speed));
    }
    if (!(busyShare >= 0 && busyShare <= 1)) {
      throw new IllegalArgumentException("busy share %s (expected: 0..1)".formatted(busyShare));
    }
  }
}
