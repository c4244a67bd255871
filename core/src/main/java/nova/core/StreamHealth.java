package nova.core;

import java.util.List;

/// What ingest measured of a broadcast, for the operator and the broadcaster. Rates are over the
/// last few seconds, counts since the stream began.
///
/// *Immutable.*
///
/// @param videoBitrateBps bits per second of video payload
/// @param audioBitrateBps bits per second of audio payload
/// @param frameRate video frames per second, 0 without video
/// @param keyframeIntervalMs the longest recent distance between keyframes, 0 while unknown
/// @param receivedBytes all bytes of the publisher's connections
/// @param receivedFrames frames that entered the log
/// @param repairedTimestamps timestamps that were rebased or clamped
/// @param droppedFrames frames refused as malformed, or of a track that is not carried
/// @param advice sentences for the broadcaster, such as "keyframe interval is 8.3 s, set 2 s"
public record StreamHealth(
    long videoBitrateBps,
    long audioBitrateBps,
    double frameRate,
    long keyframeIntervalMs,
    long receivedBytes,
    long receivedFrames,
    long repairedTimestamps,
    long droppedFrames,
    List<String> advice) {
  /// Of a broadcast from which nothing arrived.
  public static final StreamHealth NOTHING = new StreamHealth(0, 0, 0, 0, 0, 0, 0, 0, List.of());

  public StreamHealth {
    advice = List.copyOf(advice);
  }
}
