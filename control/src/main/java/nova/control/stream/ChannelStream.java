package nova.control.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.control.error.TextLimits;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import nova.core.TrackDescription;

/// One broadcast of a channel, prepared, live or over.
///
/// *Immutable.*
///
/// @param key that opened it last; none while it is only prepared, and for keys of the command line
/// @param version rises with each change of its metadata, from 1
/// @param startedAt when its first media came
/// @param seenAt its latest sign of life
/// @param reconnectUntil how long its broadcaster may still return, while RECONNECTING
/// @param source none while it is only prepared
/// @param tracks of its latest epoch
public record ChannelStream(
    StreamId id,
    ChannelSlug channel,
    Optional<StreamKeyId> key,
    StreamState state,
    StreamMetadata metadata,
    long version,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> seenAt,
    Optional<StreamEnd> end,
    Optional<Instant> reconnectUntil,
    Optional<StreamSource> source,
    List<TrackDescription> tracks,
    StreamTotals totals) {
  public ChannelStream {
    tracks = List.copyOf(tracks);
  }

  /// When and why a stream ended.
  ///
  /// @param reason one sentence
  public record StreamEnd(Instant at, String reason) {
    /// What a stage says is cut there, in characters.
    static final int MAX_REASON = 1_000;

    static StreamEnd of(Instant at, String reason) {
      return new StreamEnd(at, TextLimits.readable(reason, MAX_REASON));
    }
  }

  /// Whether it waits for a broadcaster who has not come yet.
  public boolean isPrepared() {
    return state == StreamState.PENDING_INGEST && source.isEmpty();
  }

  /// From its first media to its end; empty for one that has not ended or never had media.
  public Optional<Duration> duration() {
    return startedAt.flatMap(start -> end.map(over -> Duration.between(start, over.at())));
  }
}
