package nova.framelog;

/// Where a reader begins.
///
/// *Immutable.*
public sealed interface LogPosition {
  /// The oldest entry kept.
  LogPosition EARLIEST = Edge.EARLIEST;

  /// The latest keyframe of the video track that the log knows of, or the latest frame of a stream
  /// without video. A log in another process may know of it a moment after it was appended.
  LogPosition LATEST_KEYFRAME = Edge.LATEST_KEYFRAME;

  /// Where all of a segment can be had: see [FromSegment].
  static LogPosition fromSegment(long segment) {
    return new FromSegment(segment);
  }

  /// An end of the log.
  enum Edge implements LogPosition {
    EARLIEST,
    LATEST_KEYFRAME
  }

  /// The latest keyframe with nothing of the segment, or of a later one, before it: the segment
  /// comes whole and can be decoded. Frames of the segment before may come first, a group of
  /// pictures at most. When that keyframe is not kept any more, the oldest one that is. When the
  /// segment has not begun, it will come: the reader begins at the latest keyframe.
  ///
  /// @param segment number of the first segment that is wanted
  record FromSegment(long segment) implements LogPosition {}
}
