package nova.backends.assignment;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nova.backends.redis.AnnouncedStream;
import nova.backends.redis.LiveStreamRegistry;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.SyntheticBroadcast.Arrival;

/// A broadcast of twenty seconds, and what an ingest node does about it. A second log gets the same
/// frames, for whoever wants to know what should come of them.
///
/// *Confined to the test's thread.*
final class TestBroadcast {
  final StreamId id = StreamId.random(RandomGenerator.getDefault());
  private final LiveStreamRegistry registry;
  private final StreamEvents shared;
  private final List<StreamLogWriter> logs;
  private final List<Arrival> arrivals = SyntheticBroadcast.usual(20).arrivals();
  private int next;
  private double second;

  TestBroadcast(
      LiveStreamRegistry registry, StreamEvents shared, FrameLog frames, FrameLog reference) {
    this.registry = registry;
    this.shared = shared;
    this.logs =
        List.of(
            new StreamLogWriter(frames.openWriter(id)),
            new StreamLogWriter(reference.openWriter(id)));
  }

  /// Begins, but for the first frame.
  TestBroadcast start() {
    ChannelSlug channel = new ChannelSlug("live");
    registry.announce(new AnnouncedStream(id, channel, SyntheticBroadcast.BEGIN));
    shared.publish(
        new StreamStarted(
            id, SyntheticBroadcast.BEGIN, channel, "127.0.0.1", "", Optional.empty()));
    for (StreamLogWriter log : logs) {
      Epoch epoch =
          log.startEpoch(SyntheticBroadcast.usual(20).formats(), SyntheticBroadcast.BEGIN);
      if (log.equals(logs.getFirst())) {
        shared.publish(new EpochBegan(id, SyntheticBroadcast.BEGIN, epoch, List.of()));
      }
    }
    return this;
  }

  /// Goes on at once until this time of it.
  void until(double time) {
    second = time;
    for (; next < arrivals.size(); next++) {
      Arrival arrival = arrivals.get(next);
      if (arrival.at().isAfter(SyntheticBroadcast.BEGIN.plusMillis((long) (1_000 * time)))) {
        return;
      }
      for (StreamLogWriter log : logs) {
        LoggedFrame _ = log.append(arrival.frame(), arrival.at());
      }
    }
  }

  /// Goes on by so many seconds, but not into the last five.
  void goOn(double seconds) {
    second = Math.min(15, second + seconds);
    until(second);
  }

  /// Goes on until its end, which all are told.
  void end() {
    until(1_000);
    for (StreamLogWriter log : logs) {
      log.endEpoch(EpochEnd.FINISHED);
      log.closeStream(true, "over");
    }
    registry.withdraw(id);
    shared.publish(
        new StreamEnded(
            id, SyntheticBroadcast.BEGIN.plusSeconds(20), "over", StreamHealth.NOTHING));
  }
}
