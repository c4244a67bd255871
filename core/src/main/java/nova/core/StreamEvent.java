package nova.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Something that happened to a stream. Events of one stream are ordered.
///
/// *Immutable.*
public sealed interface StreamEvent {
  StreamId stream();

  Instant at();

  /// A broadcaster was accepted; media is about to arrive.
  ///
  /// @param encoder what the encoder calls itself, empty when it does not say
  /// @param key that opened the channel, unless it is one that no database knows
  record StreamStarted(
      StreamId stream,
      Instant at,
      ChannelSlug channel,
      String remoteAddress,
      String encoder,
      Optional<StreamKeyId> key)
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
  ///
  /// @param key that opened the channel this time, unless it is one that no database knows
  record StreamResumed(
      StreamId stream, Instant at, String remoteAddress, String encoder, Optional<StreamKeyId> key)
      implements StreamEvent {}

  /// The stream goes on at another server than before, or ends there. That server says so before
  /// all else that it says of the stream; its next event is [StreamResumed] when its broadcaster
  /// came, and [StreamRecovering] when that is awaited.
  ///
  /// @param claim higher than that of every server that had the stream before, so that what those
  ///   say late is known as such; positive
  record StreamMoved(StreamId stream, Instant at, ChannelSlug channel, long claim)
      implements StreamEvent {
    public StreamMoved {
      if (claim <= 0) {
        throw new IllegalArgumentException("claim %d (expected: positive)".formatted(claim));
      }
    }
  }

  /// Somebody wants the stream to be over. The server that has it ends it, and tells its encoder.
  ///
  /// @param reason one sentence for the broadcaster
  record StreamStopRequested(StreamId stream, Instant at, String reason) implements StreamEvent {}

  /// The broadcaster or an operator ended the stream.
  ///
  /// @param health with the final counts; its rates are the last that were measured
  record StreamEnded(StreamId stream, Instant at, String reason, StreamHealth health)
      implements StreamEvent {}

  /// The stream is over because something failed.
  ///
  /// @param health as of [StreamEnded]; absent when another stage than ingest gave the stream up,
  ///   which may then report an end of its own that nobody needs to hear
  record StreamError(StreamId stream, Instant at, String reason, Optional<StreamHealth> health)
      implements StreamEvent {}

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

  /// The encoded renditions of a stream are these from now on. Those that are no longer among them
  /// leave when their logs are over.
  ///
  /// @param sourceListed whether players choose the source among the rungs; otherwise they get it
  ///   only while there are none
  /// @param audioListed whether players get the source's sound; otherwise only while the rung of
  ///   sound has none
  /// @param rungs to be encoded, largest first, and sound last; empty when nothing is
  /// @param reason one sentence: why it is so
  record LadderChanged(
      StreamId stream,
      Instant at,
      boolean sourceListed,
      boolean audioListed,
      List<RenditionId> rungs,
      String reason)
      implements StreamEvent {
    public LadderChanged {
      rungs = List.copyOf(rungs);
    }
  }

  /// A rung is about to be encoded; its log is open.
  ///
  /// @param run counts the logs of the stream's rungs
  record RungStarted(StreamId stream, Instant at, RenditionId rendition, int run)
      implements StreamEvent {}

  /// Encoding does less than planned, or more again, so that it keeps up with the broadcast.
  ///
  /// @param step stable kebab-case name of what is done now, such as `preset-superfast`
  /// @param reason one sentence: why
  record BitrateAdapted(StreamId stream, Instant at, String step, String reason)
      implements StreamEvent {}

  /// The encoded rungs are over before their stream; the source goes on.
  ///
  /// @param reason stable kebab-case name
  /// @param sentence what happened, for the operator
  record RungsFailed(StreamId stream, Instant at, String reason, String sentence)
      implements StreamEvent {}

  /// A rung's segment does not begin where the source's does; viewers get a gap in its place.
  ///
  /// @param offsetMs by how much it begins later
  record RungMisaligned(
      StreamId stream, Instant at, RenditionId rendition, long number, long offsetMs)
      implements StreamEvent {}

  /// Something that one viewer did, for statistics: nothing depends on it. Told as far as it is
  /// known, late by seconds, perhaps after the stream is over, and not when there is too much of
  /// it.
  sealed interface ViewerEvent extends StreamEvent {
    /// Names a viewer of this stream for as long as it watches, and nobody: it is a keyed hash
    /// whose key is forgotten.
    String viewer();
  }

  /// Somebody began to watch.
  ///
  /// @param identified whether the player gave its session a name; otherwise this is an estimate
  record ViewerJoined(StreamId stream, Instant at, String viewer, boolean identified)
      implements ViewerEvent {}

  /// Somebody has not been seen for a while, at any server.
  ///
  /// @param identified as of [ViewerJoined]
  /// @param watched from when the viewer was seen first to when it was seen last
  record ViewerLeft(
      StreamId stream, Instant at, String viewer, boolean identified, Duration watched)
      implements ViewerEvent {}

  /// The player of somebody who watches chose another rendition of the picture.
  record QualitySwitched(
      StreamId stream, Instant at, String viewer, RenditionId from, RenditionId to)
      implements ViewerEvent {}
}
