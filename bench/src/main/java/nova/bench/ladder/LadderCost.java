package nova.bench.ladder;

/// What a process used from its start to its end.
///
/// *Immutable.*
///
/// @param cpuSeconds user and system time
/// @param seconds by the clock
/// @param peakMib most memory in RAM at once
public record LadderCost(double cpuSeconds, double seconds, double peakMib) {}
