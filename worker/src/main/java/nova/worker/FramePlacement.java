package nova.worker;

import java.time.Instant;

/// Where a picture of the source lies in every rung's log.
///
/// *Immutable.*
///
/// @param dts decode time in the rungs, which have no B-frames
/// @param pts the source's
/// @param arrivedAt when the last byte of the source's frame reached ingest
/// @param wallClock UTC instant of `pts`
/// @param segment the segment it belongs to
/// @param cut whether it is the first picture of that segment
record FramePlacement(
    long dts, long pts, Instant arrivedAt, Instant wallClock, long segment, boolean cut) {}
