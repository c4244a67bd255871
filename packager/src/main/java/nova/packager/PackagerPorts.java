package nova.packager;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;
import nova.framelog.RungLogs;
import nova.segments.PublishedMedia;
import nova.segments.SegmentStore;
import nova.segments.TimelineStore;

/// What the packager needs from outside.
///
/// *Immutable.*
///
/// @param frames what broadcasters send
/// @param framesKept how long `frames` keeps the source for a worker that takes over
/// @param rungs what encoders make of it
/// @param segments what this process publishes, and what it goes on with
/// @param published what other processes published of streams that this one goes on with;
///   `segments` itself where there are none
/// @param timelines of all processes. When a stream starts here, it has the last snapshot that
///   anybody can have seen of it
/// @param clock for the end of a stream and for measuring; never for what is in a segment
/// @param nanoClock for deadlines
/// @param threads makes a virtual thread per stream and per rung of it
public record PackagerPorts(
    FrameLog frames,
    Duration framesKept,
    RungLogs rungs,
    SegmentStore segments,
    PublishedMedia published,
    TimelineStore timelines,
    StreamEvents events,
    InstantSource clock,
    NanoClock nanoClock,
    ThreadFactory threads,
    PackagerMetrics metrics) {}
