package nova.packager;

import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;
import nova.segments.SegmentStore;
import nova.segments.TimelineStore;

/// What the packager needs from outside.
///
/// *Immutable.*
///
/// @param clock for the end of a stream and for measuring; never for what is in a segment
/// @param threads makes one virtual thread per stream
public record PackagerPorts(
    FrameLog frames,
    SegmentStore segments,
    TimelineStore timelines,
    StreamEvents events,
    InstantSource clock,
    ThreadFactory threads,
    PackagerMetrics metrics) {}
