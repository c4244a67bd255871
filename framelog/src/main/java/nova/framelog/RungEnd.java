package nova.framelog;

import java.time.Instant;
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
/// @param until as long as the newest frame of the source is not later than this, by its
///   [LogEntry.LoggedFrame#wallClock], an encoder comes up to it before what is missing is given up
public record RungEnd(RenditionId rendition, Epoch epoch, long segment, long end, Instant until) {}
