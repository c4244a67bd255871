package nova.control.stream;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.control.database.SqlTimes;
import nova.control.stream.ChannelStream.StreamEnd;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import nova.core.TrackDescription;

/// A stream that is about to be what it becomes.
///
/// *Confined to its creator's thread.*
final class StreamDraft {
  private final StreamId id;
  private final ChannelSlug channel;
  private final Instant createdAt;
  Optional<StreamKeyId> key = Optional.empty();
  StreamState state = StreamState.PENDING_INGEST;
  StreamMetadata metadata = StreamMetadata.NONE;
  long version = 1;
  Optional<Instant> startedAt = Optional.empty();
  Optional<Instant> seenAt = Optional.empty();
  Optional<StreamEnd> end = Optional.empty();
  Optional<Instant> reconnectUntil = Optional.empty();
  Optional<StreamSource> source = Optional.empty();
  List<TrackDescription> tracks = List.of();
  StreamTotals totals = StreamTotals.NONE;

  StreamDraft(StreamId id, ChannelSlug channel, Instant createdAt) {
    this.id = id;
    this.channel = channel;
    this.createdAt = createdAt;
  }

  StreamDraft(ChannelStream before) {
    this(before.id(), before.channel(), before.createdAt());
    key = before.key();
    state = before.state();
    metadata = before.metadata();
    version = before.version();
    startedAt = before.startedAt();
    seenAt = before.seenAt();
    end = before.end();
    reconnectUntil = before.reconnectUntil();
    source = before.source();
    tracks = before.tracks();
    totals = before.totals();
  }

  /// An instant that is not before the stream was made, whatever clocks say.
  Instant notBeforeCreation(Instant at) {
    return at.isBefore(createdAt) ? createdAt : at;
  }

  /// What it has become, as it is when it is read again.
  ChannelStream done() {
    return new ChannelStream(
        id,
        channel,
        key,
        state,
        metadata,
        version,
        SqlTimes.kept(createdAt),
        startedAt.map(SqlTimes::kept),
        seenAt.map(SqlTimes::kept),
        end.map(over -> new StreamEnd(SqlTimes.kept(over.at()), over.reason())),
        reconnectUntil.map(SqlTimes::kept),
        source,
        tracks,
        totals);
  }
}
