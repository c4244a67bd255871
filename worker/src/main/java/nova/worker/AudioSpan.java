package nova.worker;

import java.time.Instant;

/// A stretch of the source's time line that belongs to one segment: a frame of sound, or silence in
/// its place.
///
/// *Immutable.*
///
/// @param start in samples of the encoded sound
/// @param segment the source's number
/// @param cut whether the source's sound begins the segment here
/// @param arrivedAt when what it was made of reached ingest
/// @param wallClock UTC instant of `start`
record AudioSpan(long start, long segment, boolean cut, Instant arrivedAt, Instant wallClock) {}
