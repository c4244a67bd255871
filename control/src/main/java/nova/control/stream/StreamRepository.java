package nova.control.stream;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nova.control.channel.ChannelId;
import nova.control.database.ConflictException;
import nova.control.database.ListPosition;
import nova.control.database.SqlTimes;
import nova.control.stream.ChannelStream.StreamEnd;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;

/// The table of streams, within a transaction of its caller.
///
/// *Thread-safe.*
public final class StreamRepository {
  private static final String SELECT =
      """
      SELECT s.id, c.slug, s.stream_key_id, s.state, s.title, s.description, s.tags, s.version,
             s.created_at, s.started_at, s.seen_at, s.ended_at, s.end_reason, s.reconnect_until,
             s.remote_address, s.encoder, s.tracks, s.epochs, s.reconnects, s.received_bytes,
             s.received_frames, s.dropped_frames, s.repaired_timestamps
        FROM streams s JOIN channels c ON c.id = s.channel_id
      """;

  /// Writes a new stream.
  ///
  /// @param node the server its broadcaster came to; none for a prepared one
  /// @throws ConflictException with `streams_one_prepared` or `streams_one_live` when the channel
  ///   has one already
  void insert(Handle handle, ChannelStream stream, ChannelId channel, Optional<UUID> node) {
    int _ =
        bindAll(
                handle.createUpdate(
                    """
                    INSERT INTO streams (id, channel_id, stream_key_id, node, state, title,
                        description, tags, version, created_at, started_at, seen_at, ended_at,
                        end_reason, reconnect_until, remote_address, encoder, tracks, epochs,
                        reconnects, received_bytes, received_frames, dropped_frames,
                        repaired_timestamps)
                    VALUES (:id, :channel, CAST(:key AS uuid), CAST(:node AS uuid), :state,
                        :title, :description, :tags, :version, :created, :started, :seen, :ended,
                        :endReason, :reconnectUntil, :address, :encoder, CAST(:tracks AS jsonb),
                        :epochs, :reconnects, :bytes, :frames, :dropped, :repaired)
                    """),
                stream,
                node)
            .bind("channel", channel.value())
            .bind("created", SqlTimes.atUtc(stream.createdAt()))
            .execute();
  }

  /// Writes what a stream has become; it was locked by this transaction.
  ///
  /// @param node the server its broadcaster came to, or that of before
  void update(Handle handle, ChannelStream stream, Optional<UUID> node) {
    int _ =
        bindAll(
                handle.createUpdate(
                    """
                    UPDATE streams
                       SET stream_key_id = CAST(:key AS uuid),
                           node = coalesce(CAST(:node AS uuid), node), state = :state,
                           title = :title, description = :description, tags = :tags,
                           version = :version, started_at = :started, seen_at = :seen,
                           ended_at = :ended, end_reason = :endReason,
                           reconnect_until = :reconnectUntil, remote_address = :address,
                           encoder = :encoder, tracks = CAST(:tracks AS jsonb), epochs = :epochs,
                           reconnects = :reconnects, received_bytes = :bytes,
                           received_frames = :frames, dropped_frames = :dropped,
                           repaired_timestamps = :repaired
                     WHERE id = :id
                    """),
                stream,
                node)
            .execute();
  }

  private static <S extends SqlStatement<S>> S bindAll(
      S statement, ChannelStream stream, Optional<UUID> node) {
    return statement
        .bind("id", stream.id().value())
        .bind("key", stream.key().map(StreamKeyId::value).orElse(null))
        .bind("node", node.orElse(null))
        .bind("state", stream.state().name())
        .bind("title", stream.metadata().title())
        .bind("description", stream.metadata().description())
        .bindArray("tags", String.class, stream.metadata().tags())
        .bind("version", stream.version())
        .bind("started", SqlTimes.atUtc(stream.startedAt()))
        .bind("seen", SqlTimes.atUtc(stream.seenAt()))
        .bind("ended", SqlTimes.atUtc(stream.end().map(StreamEnd::at)))
        .bind("endReason", stream.end().map(StreamEnd::reason).orElse(null))
        .bind("reconnectUntil", SqlTimes.atUtc(stream.reconnectUntil()))
        .bind("address", stream.source().map(StreamSource::address).orElse(null))
        .bind("encoder", stream.source().map(StreamSource::encoder).orElse(null))
        .bind("tracks", TrackJson.text(stream.tracks()))
        .bind("epochs", stream.totals().epochs())
        .bind("reconnects", stream.totals().reconnects())
        .bind("bytes", stream.totals().receivedBytes())
        .bind("frames", stream.totals().receivedFrames())
        .bind("dropped", stream.totals().droppedFrames())
        .bind("repaired", stream.totals().repairedTimestamps());
  }

  Optional<ChannelStream> find(Handle handle, StreamId id) {
    return handle
        .createQuery(SELECT + " WHERE s.id = :id")
        .bind("id", id.value())
        .map(StreamRepository::stream)
        .findOne();
  }

  /// As [#find], and nobody changes it before the transaction ends.
  Optional<ChannelStream> lock(Handle handle, StreamId id) {
    return handle
        .createQuery(SELECT + " WHERE s.id = :id FOR UPDATE OF s")
        .bind("id", id.value())
        .map(StreamRepository::stream)
        .findOne();
  }

  /// As [#lock], of a stream whose broadcaster came to this server.
  Optional<ChannelStream> lockAt(Handle handle, StreamId id, UUID node) {
    return handle
        .createQuery(SELECT + " WHERE s.id = :id AND s.node = :node FOR UPDATE OF s")
        .bind("id", id.value())
        .bind("node", node)
        .map(StreamRepository::stream)
        .findOne();
  }

  /// Gives a stream to a server, unless another one claimed it later. From now on only that server
  /// finds it with [#lockAt].
  ///
  /// @return whether that server has it now by this very claim
  boolean move(Handle handle, StreamId id, UUID node, long claim) {
    return handle
            .createUpdate(
                """
                UPDATE streams SET node = :node, claim = :claim
                 WHERE id = :id AND ended_at IS NULL
                   AND (claim < :claim OR claim = :claim AND node = :node)
                """)
            .bind("id", id.value())
            .bind("node", node)
            .bind("claim", claim)
            .execute()
        > 0;
  }

  /// Whether a stream went on at another server than that where it began.
  boolean hasMoved(Handle handle, StreamId id) {
    return handle
        .createQuery("SELECT EXISTS (SELECT 1 FROM streams WHERE id = :id AND claim > 0)")
        .bind("id", id.value())
        .mapTo(Boolean.class)
        .one();
  }

  /// The stream of a channel that is live, else the one that was made last.
  Optional<ChannelStream> latestOf(Handle handle, ChannelSlug channel) {
    return latestOf(handle, channel, "AND s.ended_at IS NULL AND s.node IS NOT NULL")
        .or(() -> latestOf(handle, channel, ""));
  }

  private static Optional<ChannelStream> latestOf(
      Handle handle, ChannelSlug channel, String condition) {
    return handle
        .createQuery(
            SELECT
                + """
                 WHERE s.channel_id = (SELECT id FROM channels WHERE slug = :slug) %s
                 ORDER BY s.created_at DESC, s.id DESC LIMIT 1
                """
                    .formatted(condition))
        .bind("slug", channel.value())
        .map(StreamRepository::stream)
        .findOne();
  }

  /// Ends all that was on air when the last sign of it came: no server has it any more. Also for
  /// tables as earlier releases had them.
  public void endAllLive(Handle handle, String reason) {
    int _ =
        handle
            .createUpdate(
                """
                UPDATE streams
                   SET state = 'ERROR', version = version + 1, reconnect_until = NULL,
                       ended_at = greatest(seen_at, started_at, created_at), end_reason = :reason
                 WHERE ended_at IS NULL AND node IS NOT NULL
                """)
            .bind("reason", reason)
            .execute();
  }

  /// Streams of a channel that a broadcaster holds or is awaited for, locked.
  List<ChannelStream> lockLiveOf(Handle handle, ChannelId channel) {
    return handle
        .createQuery(
            SELECT
                + " WHERE s.channel_id = :id AND s.ended_at IS NULL AND s.node IS NOT NULL"
                + " FOR UPDATE OF s")
        .bind("id", channel.value())
        .map(StreamRepository::stream)
        .list();
  }

  /// Streams that a server had and has not ended, locked.
  List<ChannelStream> lockLiveAt(Handle handle, UUID node) {
    return handle
        .createQuery(SELECT + " WHERE s.node = :node AND s.ended_at IS NULL FOR UPDATE OF s")
        .bind("node", node)
        .map(StreamRepository::stream)
        .list();
  }

  /// Streams that some server has and nobody has ended.
  List<ChannelStream> live(Handle handle) {
    return handle
        .createQuery(SELECT + " WHERE s.ended_at IS NULL AND s.node IS NOT NULL")
        .map(StreamRepository::stream)
        .list();
  }

  /// Streams that are live, and some others; the first made first.
  List<ChannelStream> liveOrAmong(Handle handle, Collection<StreamId> ids) {
    return handle
        .createQuery(
            SELECT
                + """
                 WHERE s.id = ANY(:ids) OR (s.ended_at IS NULL AND s.node IS NOT NULL)
                 ORDER BY s.created_at, s.id
                """)
        .bindArray("ids", String.class, ids.stream().map(StreamId::value).toList())
        .map(StreamRepository::stream)
        .list();
  }

  /// Live streams that were opened with a key.
  List<StreamId> liveWith(Handle handle, StreamKeyId key) {
    return handle
        .createQuery(
            """
            SELECT id FROM streams
             WHERE stream_key_id = :key AND ended_at IS NULL AND node IS NOT NULL
            """)
        .bind("key", key.value())
        .mapTo(String.class)
        .map(StreamId::new)
        .list();
  }

  /// The latest first.
  ///
  /// @param after where the page before ended, or the first page
  List<ChannelStream> list(
      Handle handle, StreamFilter filter, Optional<ListPosition<StreamId>> after, int limit) {
    return handle
        .createQuery(
            SELECT
                + """
                 WHERE (CAST(:slug AS text) IS NULL OR c.slug = :slug)
                   AND (cardinality(:states) = 0 OR s.state = ANY(:states))
                   AND (CAST(:since AS timestamptz) IS NULL OR s.created_at >= :since)
                   AND (CAST(:until AS timestamptz) IS NULL OR s.created_at < :until)
                   AND (CAST(:after AS timestamptz) IS NULL
                        OR (s.created_at, s.id) < (:after, :afterId))
                   %s
                 ORDER BY s.created_at DESC, s.id DESC LIMIT :limit
                """
                    .formatted(isOfLiveOnly(filter) ? "AND s.ended_at IS NULL" : ""))
        .bind("slug", filter.channel().map(ChannelSlug::value).orElse(null))
        .bindArray("states", String.class, filter.states().stream().map(Enum::name).toList())
        .bind("since", SqlTimes.atUtc(filter.since()))
        .bind("until", SqlTimes.atUtc(filter.until()))
        .bind("after", SqlTimes.atUtc(after.map(ListPosition::createdAt)))
        .bind("afterId", after.map(position -> position.id().value()).orElse(""))
        .bind("limit", limit)
        .map(StreamRepository::stream)
        .list();
  }

  /// Then the index of those that are not over finds them.
  private static boolean isOfLiveOnly(StreamFilter filter) {
    return !filter.states().isEmpty() && filter.states().stream().noneMatch(StreamState::isOver);
  }

  private static ChannelStream stream(ResultSet row, StatementContext context) throws SQLException {
    Array tags = row.getArray("tags");
    String endReason = row.getString("end_reason");
    String address = row.getString("remote_address");
    String encoder = row.getString("encoder");
    return new ChannelStream(
        new StreamId(row.getString("id")),
        new ChannelSlug(row.getString("slug")),
        Optional.ofNullable(row.getObject("stream_key_id", UUID.class)).map(StreamKeyId::new),
        StreamState.valueOf(row.getString("state")),
        new StreamMetadata(
            row.getString("title"),
            row.getString("description"),
            List.of((String[]) tags.getArray())),
        row.getLong("version"),
        SqlTimes.instant(row, "created_at").orElseThrow(),
        SqlTimes.instant(row, "started_at"),
        SqlTimes.instant(row, "seen_at"),
        SqlTimes.instant(row, "ended_at").map(at -> new StreamEnd(at, endReason)),
        SqlTimes.instant(row, "reconnect_until"),
        Optional.ofNullable(address).map(from -> new StreamSource(from, encoder)),
        TrackJson.tracks(row.getString("tracks")),
        new StreamTotals(
            row.getInt("epochs"),
            row.getInt("reconnects"),
            row.getLong("received_bytes"),
            row.getLong("received_frames"),
            row.getLong("dropped_frames"),
            row.getLong("repaired_timestamps")));
  }
}
