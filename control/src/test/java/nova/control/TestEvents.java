package nova.control;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamEvent;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.TrackDescription;
import nova.core.TrackId;
import nova.core.TrackKind;

/// What ingest tells of one broadcast.
///
/// *Immutable.*
public record TestEvents(StreamId stream, InstantSource clock) {
  public static final Duration GRACE = Duration.ofSeconds(30);
  public static final List<TrackDescription> TRACKS =
      List.of(
          new TrackDescription.Video(
              new TrackId(TrackKind.VIDEO, 0), "avc1.64001f", 1280, 720, 29.97),
          new TrackDescription.Audio(new TrackId(TrackKind.AUDIO, 0), "mp4a.40.2", 48_000, 2));

  public StreamEvent.StreamStarted started(ChannelSlug channel, Optional<StreamKeyId> key) {
    return new StreamEvent.StreamStarted(
        stream, clock.instant(), channel, "192.0.2.7", "OBS 31", key);
  }

  public StreamEvent.EpochBegan epoch(int number) {
    return new StreamEvent.EpochBegan(stream, clock.instant(), new Epoch(number), TRACKS);
  }

  public StreamEvent.StreamMeasured measured(long frames) {
    return new StreamEvent.StreamMeasured(stream, clock.instant(), health(frames));
  }

  public StreamEvent.StreamRecovering recovering() {
    return new StreamEvent.StreamRecovering(
        stream, clock.instant(), "The connection was lost.", clock.instant().plus(GRACE));
  }

  public StreamEvent.StreamResumed resumed(Optional<StreamKeyId> key) {
    return new StreamEvent.StreamResumed(stream, clock.instant(), "192.0.2.8", "OBS 32", key);
  }

  public StreamEvent.StreamMoved moved(ChannelSlug channel, long claim) {
    return new StreamEvent.StreamMoved(stream, clock.instant(), channel, claim);
  }

  public StreamEvent.StreamEnded ended(long frames) {
    return new StreamEvent.StreamEnded(
        stream, clock.instant(), "The broadcaster said goodbye.", health(frames));
  }

  public StreamEvent.StreamError error(Optional<StreamHealth> health) {
    return new StreamEvent.StreamError(stream, clock.instant(), "It failed.", health);
  }

  /// Counts that differ from each other.
  public static StreamHealth health(long frames) {
    return new StreamHealth(
        3_000_000,
        128_000,
        29.97,
        2_000,
        frames * 1_000,
        frames,
        frames / 10,
        frames / 20,
        List.of("An advice."));
  }
}
