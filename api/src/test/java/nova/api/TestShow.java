package nova.api;

import java.util.List;
import java.util.Optional;
import nova.control.audit.Actor;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackDescription;
import nova.core.TrackId;

/// A broadcast on a channel of its own, as ingest tells of it.
final class TestShow {
  static final StreamId STREAM = new StreamId("k7m2p9xq4wz8rt3v");
  static final ChannelSlug CHANNEL = new ChannelSlug("my-show");
  static final String ADDRESS = "203.0.113.7:50123";
  static final StreamHealth HEALTH =
      new StreamHealth(
          2_900_000,
          128_000,
          29.97,
          8_333,
          12_345_678,
          4_321,
          3,
          1,
          List.of("The keyframe interval is 8.3 s, set 2 s."));

  private TestShow() {}

  /// It begins, and nothing came yet.
  static void start(ApiServer server) {
    var _ = server.control.channels().ensure(CHANNEL, Actor.SYSTEM);
    server.events.publish(
        new StreamStarted(
            STREAM, server.clock.instant(), CHANNEL, ADDRESS, "OBS", Optional.empty()));
  }

  /// Its tracks are known.
  static void beginEpoch(ApiServer server, int number) {
    server.events.publish(
        new EpochBegan(
            STREAM,
            server.clock.instant(),
            new Epoch(number),
            List.of(
                new TrackDescription.Video(TrackId.VIDEO, "avc1.64001f", 1280, 720, 30 / 1.001),
                new TrackDescription.Audio(TrackId.AUDIO, "mp4a.40.2", 48_000, 2))));
  }

  /// It begins, its tracks are known, and it was measured.
  static void goLive(ApiServer server) {
    start(server);
    beginEpoch(server, 0);
    server.events.publish(new StreamMeasured(STREAM, server.clock.instant(), HEALTH));
  }
}
