package nova.framelog;

import nova.core.Epoch;
import nova.core.RenditionId;

/// How far an encoded rung was published by a process that is gone: who goes on with it encodes
/// what comes after.
///
/// *Immutable.*
///
/// @param segment number of the last segment with media
/// @param epoch of that segment
/// @param end decode time at which the last published frame is over and the next one begins, in
///   ticks of the rung's track
public record RungEnd(RenditionId rendition, Epoch epoch, long segment, long end) {}
