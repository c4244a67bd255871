package nova.transcode;

import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;
import nova.framelog.RungLogs;

/// What transcoding needs from outside.
///
/// *Immutable.*
///
/// @param frames the source's log
/// @param rungs the rungs' logs
/// @param published how far the rungs of streams are that another process encoded
/// @param ladders what streams on air are encoded to, for other processes
/// @param ladder what streams may be encoded to
/// @param cores of the machine, which the budget of transcodes goes by
/// @param instants the clock that frames' arrival is measured with
/// @param threads for threads that wait most of the time, some of them in reads of pipes, which
///   hold the carriers of virtual threads
public record TranscodePorts(
    StreamEvents events,
    FrameLog frames,
    RungLogs rungs,
    PublishedRungs published,
    LadderStore ladders,
    LadderSteps ladder,
    WorkerProgram worker,
    int cores,
    InstantSource instants,
    NanoClock clock,
    ThreadFactory threads,
    RandomGenerator random,
    TranscodeMetrics metrics) {}
