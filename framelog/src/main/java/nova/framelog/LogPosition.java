package nova.framelog;

/// Where a reader begins.
public enum LogPosition {
  /// The oldest entry kept.
  EARLIEST,
  /// The latest keyframe of the video track, or the latest frame of a stream without video.
  LATEST_KEYFRAME
}
