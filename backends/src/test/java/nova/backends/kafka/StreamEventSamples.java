package nova.backends.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.BitrateAdapted;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.QualitySwitched;
import nova.core.StreamEvent.RungMisaligned;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.RungsFailed;
import nova.core.StreamEvent.SegmentGenerated;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamMoved;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvent.StreamStopRequested;
import nova.core.StreamEvent.ViewerJoined;
import nova.core.StreamEvent.ViewerLeft;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.TrackDescription;
import nova.core.TrackId;

/// Events of all kinds.
final class StreamEventSamples {
  static final StreamId STREAM = new StreamId("abcdefgh");
  static final Instant AT = Instant.parse("2026-11-22T16:00:00.123456789Z");

  private static final Optional<StreamKeyId> KEY =
      Optional.of(new StreamKeyId(UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e")));
  private static final RenditionId RUNG = new RenditionId("720p");

  static final StreamHealth HEALTH =
      new StreamHealth(
          3_000_000_000L, 128_000, 29.97, 2_002, 1L << 40, 900, 3, 2, List.of("„two“ seconds"));

  private StreamEventSamples() {}

  /// Those that go to other processes as events: all but what is measured.
  static List<StreamEvent> sent() {
    return all().stream().filter(event -> !(event instanceof StreamMeasured)).toList();
  }

  /// With what may be absent there and absent.
  static List<StreamEvent> all() {
    return List.of(
        new StreamStarted(STREAM, AT, new ChannelSlug("live"), "::1", "obs-output/29", KEY),
        new StreamStarted(STREAM, AT, new ChannelSlug("live"), "10.0.0.1", "", Optional.empty()),
        new EpochBegan(
            STREAM,
            AT,
            new Epoch(3),
            List.of(
                new TrackDescription.Video(TrackId.VIDEO, "avc1.64001f", 1_280, 720, 29.97),
                new TrackDescription.Audio(TrackId.AUDIO, "mp4a.40.2", 48_000, 2))),
        new EpochBegan(STREAM, AT, new Epoch(0), List.of()),
        new StreamMeasured(STREAM, AT, HEALTH),
        new StreamRecovering(STREAM, AT, "The connection was lost.", AT.plusSeconds(30)),
        new StreamResumed(STREAM, AT, "::1", "", KEY),
        new StreamMoved(STREAM, AT, new ChannelSlug("live"), 1L << 50),
        new StreamStopRequested(STREAM, AT, "Lights out."),
        new StreamEnded(STREAM, AT, "The broadcaster ended the stream.", HEALTH),
        new StreamError(STREAM, AT, "packaging failed: \n\"x\"", Optional.of(HEALTH)),
        new StreamError(STREAM, AT, "gone", Optional.empty()),
        new SegmentGenerated(STREAM, AT, RUNG, new Epoch(1), 1L << 33, 2_000, 1_500_000),
        new LadderChanged(
            STREAM, AT, true, false, List.of(RUNG, new RenditionId("480p")), "measured"),
        new RungStarted(STREAM, AT, RUNG, 7),
        new BitrateAdapted(STREAM, AT, "preset-superfast", "too late"),
        new RungsFailed(STREAM, AT, "native-library-missing", "there is none"),
        new RungMisaligned(STREAM, AT, RUNG, 12, -40),
        new ViewerJoined(STREAM, AT, "i0123456789abcdef", true),
        new ViewerLeft(STREAM, AT, "e0123456789abcdef", false, Duration.ofMillis(90_001)),
        new QualitySwitched(STREAM, AT, "i0123456789abcdef", RUNG, new RenditionId("480p")));
  }
}
