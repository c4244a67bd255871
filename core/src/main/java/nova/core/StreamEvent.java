package nova.core;

import java.time.Instant;
import java.util.List;

/// Something that happened to a stream. Events of one stream are ordered.
///
/// *Immutable.*
public sealed interface StreamEvent {
  StreamId stream();

  Instant at();

  /// A broadcaster was accepted; media is about to arrive.
  ///
  /// @param encoder what the encoder calls itself, empty when it does not say
  record StreamStarted(
      StreamId stream, Instant at, ChannelSlug channel, String remoteAddress, String encoder)
      implements StreamEvent {}

  /// A new epoch began with these tracks; the stream is ACTIVE.
  record EpochBegan(StreamId stream, Instant at, Epoch epoch, List<TrackDescription> tracks)
      implements StreamEvent {
    public EpochBegan {
      tracks = List.copyOf(tracks);
    }
  }

  /// Ingest measured the broadcast; sent about once a second while it is ACTIVE.
  record StreamMeasured(StreamId stream, Instant at, StreamHealth health) implements StreamEvent {}

  /// The connection was lost; the broadcaster may return until `graceUntil`.
  record StreamRecovering(StreamId stream, Instant at, String reason, Instant graceUntil)
      implements StreamEvent {}

  /// The broadcaster returned within the grace time, or took over from its own ghost.
  record StreamResumed(StreamId stream, Instant at, String remoteAddress, String encoder)
      implements StreamEvent {}

  /// The broadcaster or an operator ended the stream.
  record StreamEnded(StreamId stream, Instant at, String reason) implements StreamEvent {}

  /// The stream is over because something failed.
  record StreamError(StreamId stream, Instant at, String reason) implements StreamEvent {}

  /// A media segment is complete and in the store.
  record SegmentGenerated(
      StreamId stream,
      Instant at,
      RenditionId rendition,
      Epoch epoch,
      long number,
      long durationMs,
      long sizeBytes)
      implements StreamEvent {}
}
