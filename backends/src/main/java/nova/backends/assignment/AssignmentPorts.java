package nova.backends.assignment;

import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import nova.backends.redis.LiveStreamRegistry;
import nova.backends.redis.NodeId;
import nova.backends.redis.RedisMediaPublisher;
import nova.backends.redis.RedisTimelineReplica;
import nova.backends.redis.StreamLeases;
import nova.backends.redis.TranscodeNodes;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.segments.PosterStore;
import nova.segments.SegmentStore;
import nova.segments.TimelineStore;

/// What the assignment of streams needs from outside.
///
/// *Immutable.*
///
/// @param node this one
/// @param capacity streams that it can carry well; at least 1
/// @param shared events of all processes
/// @param local events that the stages of this process hear and say; nobody else uses them
/// @param stages which listen to `local` by now
/// @param registry of the streams that are received anywhere
/// @param publisher copies what the stages put to where all find it
/// @param replica keeps `timelines` as all have them, but for what `publisher` owns
/// @param timelines of all streams; the stages put theirs here
/// @param segments of the stages
/// @param posters of the stages
/// @param threads makes a thread per stream, and one that looks for streams
public record AssignmentPorts(
    NodeId node,
    int capacity,
    StreamEvents shared,
    StreamEvents local,
    StreamStages stages,
    StreamLeases leases,
    LiveStreamRegistry registry,
    TranscodeNodes nodes,
    RedisMediaPublisher publisher,
    RedisTimelineReplica replica,
    TimelineStore timelines,
    SegmentStore segments,
    PosterStore posters,
    InstantSource clock,
    NanoClock nanoClock,
    ThreadFactory threads) {
  public AssignmentPorts {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "capacity of %d streams (expected: >= 1)".formatted(capacity));
    }
  }
}
