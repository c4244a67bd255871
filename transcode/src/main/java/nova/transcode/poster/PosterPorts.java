package nova.transcode.poster;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;

/// What posters need from outside.
///
/// *Immutable.*
///
/// @param frames the streams' logs
/// @param events tells which streams there are
/// @param sink takes the posters
/// @param workerCommand starts a process that speaks the worker protocol on its stdin and stdout
/// @param threads for threads that wait most of the time
public record PosterPorts(
    FrameLog frames,
    StreamEvents events,
    PosterSink sink,
    List<String> workerCommand,
    NanoClock clock,
    ThreadFactory threads,
    RandomGenerator random,
    PosterMetrics metrics) {
  public PosterPorts {
    workerCommand = List.copyOf(workerCommand);
  }
}
