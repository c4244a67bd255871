package nova.packager;

import java.time.Instant;

/// Where a segment of a track begins, in ticks of the track.
///
/// *Immutable.*
///
/// @param decode decode time of its first frame
/// @param presentation when it is shown from. Exact where a keyframe begins it. Within a group of
///   pictures only what the keyframe's reordering suggests: which of the frames to come is shown
///   first is not known yet
/// @param keyframe whether a keyframe begins it
/// @param wallClock of `presentation`
record SegmentStart(
    long number, long decode, long presentation, boolean keyframe, Instant wallClock) {}
