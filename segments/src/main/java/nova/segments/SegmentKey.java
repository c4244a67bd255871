package nova.segments;

import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// The name of one media segment.
///
/// *Immutable.*
///
/// @param number the segment's number in its stream, the same in every rendition
public record SegmentKey(StreamId stream, RenditionId rendition, Epoch epoch, long number) {}
