package nova.api.stream;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.control.stream.ChannelStream;
import nova.core.ChannelSlug;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.core.TrackDescription;
import org.jspecify.annotations.Nullable;

/// What is known of one stream now. Holds nothing that must stay private: no address of the
/// broadcaster and no key.
///
/// *Immutable.*
///
/// @param sequence counts the streams in the order they started
/// @param endedAt when the stream ended, null before
/// @param endReason why the stream ended, null before
/// @param graceUntil how long the broadcaster may still return, null unless RECONNECTING
/// @param tracks the tracks of the current epoch, empty before the first
/// @param health what ingest measured last, null before the first measurement
/// @param ladder its encoded renditions, null while that is not known because they were chosen
///   before this process began
record StreamRecord(
    StreamId id,
    ChannelSlug channel,
    long sequence,
    StreamState state,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String endReason,
    @Nullable Instant graceUntil,
    List<TrackDescription> tracks,
    @Nullable StreamHealth health,
    @Nullable LadderRecord ladder) {
  StreamRecord {
    tracks = List.copyOf(tracks);
  }

  /// Its picture, unless there is none or none yet.
  Optional<TrackDescription.Video> video() {
    return tracks.stream()
        .filter(TrackDescription.Video.class::isInstance)
        .map(TrackDescription.Video.class::cast)
        .findFirst();
  }

  /// Of its picture, as measured or else as announced; 0 while unknown.
  double frameRate() {
    return health != null && health.frameRate() > 0
        ? health.frameRate()
        : video().map(TrackDescription.Video::frameRate).orElse(0.0);
  }

  static StreamRecord started(StreamId id, ChannelSlug channel, long sequence, Instant at) {
    return new StreamRecord(
        id,
        channel,
        sequence,
        StreamState.PENDING_INGEST,
        at,
        null,
        null,
        null,
        List.of(),
        null,
        LadderRecord.UNPLANNED);
  }

  /// Of a stream that is live and began before anybody here heard of it.
  static StreamRecord of(ChannelStream row, long sequence) {
    return new StreamRecord(
        row.id(),
        row.channel(),
        sequence,
        row.state(),
        row.startedAt().or(row::seenAt).orElse(row.createdAt()),
        null,
        null,
        row.reconnectUntil().orElse(null),
        row.tracks(),
        null,
        null);
  }

  /// Standing as its row says, which is not over.
  StreamRecord as(ChannelStream row) {
    return new StreamRecord(
        id,
        channel,
        sequence,
        row.state(),
        startedAt,
        null,
        null,
        row.reconnectUntil().orElse(null),
        row.tracks(),
        health,
        ladder);
  }

  StreamRecord epochBegan(EpochBegan event) {
    return new StreamRecord(
        id,
        channel,
        sequence,
        StreamState.ACTIVE,
        startedAt,
        null,
        null,
        null,
        event.tracks(),
        health,
        ladder);
  }

  StreamRecord measured(StreamHealth measured) {
    return new StreamRecord(
        id, channel, sequence, state, startedAt, null, null, graceUntil, tracks, measured, ladder);
  }

  StreamRecord recovering(Instant until) {
    return new StreamRecord(
        id,
        channel,
        sequence,
        StreamState.RECONNECTING,
        startedAt,
        null,
        null,
        until,
        tracks,
        health,
        ladder);
  }

  /// The broadcaster is back. A stream that never had media keeps waiting for it.
  StreamRecord resumed() {
    StreamState now = tracks.isEmpty() ? StreamState.PENDING_INGEST : StreamState.ACTIVE;
    return new StreamRecord(
        id, channel, sequence, now, startedAt, null, null, null, tracks, health, ladder);
  }

  StreamRecord over(StreamState how, Instant at, String reason) {
    return new StreamRecord(
        id, channel, sequence, how, startedAt, at, reason, null, tracks, health, ladder);
  }

  StreamRecord with(LadderRecord changed) {
    return new StreamRecord(
        id,
        channel,
        sequence,
        state,
        startedAt,
        endedAt,
        endReason,
        graceUntil,
        tracks,
        health,
        changed);
  }
}
