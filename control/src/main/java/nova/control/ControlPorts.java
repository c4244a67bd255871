package nova.control;

import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import nova.control.stream.LiveBroadcasts;
import nova.control.stream.StreamsOnAir;
import nova.control.streamkey.StreamKeyCache;
import nova.core.NanoClock;
import nova.core.StreamEvents;

/// What the control plane needs from outside.
///
/// *Immutable.*
///
/// @param events of streams, of all servers
/// @param own of these, what this server published; the same where there is no other. See
///   [nova.core.OwnStreamEvents]
/// @param onAir asked before the streams of a server count as given up
/// @param random makes secrets, so it must be secure; used by several threads
/// @param threads that may wait for the database
public record ControlPorts(
    StreamEvents events,
    StreamEvents own,
    LiveBroadcasts live,
    StreamsOnAir onAir,
    StreamKeyCache keyCache,
    InstantSource clock,
    NanoClock nanoClock,
    RandomGenerator random,
    ThreadFactory threads) {
  /// Those of a server alone: all events are its own.
  public ControlPorts(
      StreamEvents events,
      LiveBroadcasts live,
      StreamKeyCache keyCache,
      InstantSource clock,
      NanoClock nanoClock,
      RandomGenerator random,
      ThreadFactory threads) {
    this(events, events, live, StreamsOnAir.UNTOLD, keyCache, clock, nanoClock, random, threads);
  }
}
