package nova.control.metric;

import java.time.Instant;
import java.util.Optional;

/// One point of a series: what was measured of a stream in one step of time.
///
/// *Immutable.*
///
/// @param at begin of the step
/// @param videoBitrateBps bits per second of video, on average
/// @param audioBitrateBps bits per second of audio, on average
/// @param frameRate video frames per second, on average
/// @param keyframeIntervalMs the longest distance between keyframes, 0 while unknown
/// @param receivedBytes since the stream began, at the end of the step
/// @param receivedFrames since the stream began, at the end of the step
/// @param droppedFrames since the stream began, at the end of the step
/// @param repairedTimestamps since the stream began, at the end of the step
/// @param audience the most viewers and stalled ones, and the average of what they were sent
public record MetricPoint(
    Instant at,
    long videoBitrateBps,
    long audioBitrateBps,
    double frameRate,
    long keyframeIntervalMs,
    long receivedBytes,
    long receivedFrames,
    long droppedFrames,
    long repairedTimestamps,
    Optional<Audience> audience) {}
