package nova.transcode;

import java.time.Duration;

/// How encoding keeps up with a broadcast, over about a second.
///
/// *Immutable.*
///
/// @param atNs when it was measured, on the monotonic clock
/// @param speed media time decoded per time that passed
/// @param busyShare of the time, 0 to 1, that the slowest part of the worker worked
/// @param queueDepth pictures that wait for the rung with the longest queue
/// @param queueCapacity how many may wait
/// @param lag the longest from a source frame's arrival to a rung's frame made of it
/// @param blank whether no picture has come of the source's frames for some seconds
public record WorkerSample(
    long atNs,
    double speed,
    double busyShare,
    int queueDepth,
    int queueCapacity,
    Duration lag,
    boolean blank) {}
