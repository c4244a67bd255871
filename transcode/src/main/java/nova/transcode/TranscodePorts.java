package nova.transcode;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import nova.core.NanoClock;
import nova.framelog.FrameLog;
import nova.framelog.RungLogs;

/// What transcoding needs from outside.
///
/// *Immutable.*
///
/// @param frames the source's log
/// @param rungs the rungs' logs
/// @param workerCommand starts a worker process that speaks the worker protocol on its stdin and
///   stdout
/// @param threads for threads that wait most of the time
public record TranscodePorts(
    FrameLog frames,
    RungLogs rungs,
    List<String> workerCommand,
    NanoClock clock,
    ThreadFactory threads,
    RandomGenerator random,
    TranscodeListener listener) {
  public TranscodePorts {
    workerCommand = List.copyOf(workerCommand);
  }
}
