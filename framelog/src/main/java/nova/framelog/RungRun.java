package nova.framelog;

import nova.core.RenditionId;
import nova.core.StreamId;

/// One run of an encoded rung: from when it is added to its stream's ladder until it leaves.
/// Workers that take over from each other write the same run.
///
/// *Immutable.*
///
/// @param run counts the logs of the stream's rungs, so that a rung that comes back has a log of
///   its own
public record RungRun(StreamId stream, RenditionId rendition, int run) {}
