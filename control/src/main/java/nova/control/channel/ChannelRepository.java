package nova.control.channel;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nova.control.database.ConflictException;
import nova.control.database.ListPosition;
import nova.control.database.SqlTimes;
import nova.core.ChannelSlug;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// The table of channels, within a transaction of its caller.
///
/// *Thread-safe.*
public final class ChannelRepository {
  private static final String COLUMNS =
      "id, slug, title, broadcaster_id, listed, playback, version, created_at, updated_at";

  /// Writes a new channel.
  ///
  /// @throws ConflictException with `channels_slug_unique` when another has its slug
  public void insert(Handle handle, Channel channel) {
    int _ =
        handle
            .createUpdate(
                """
                INSERT INTO channels (id, slug, title, broadcaster_id, listed, playback, version,
                                      created_at, updated_at)
                VALUES (:id, :slug, :title, :broadcaster, :listed, :playback, :version,
                        :created, :updated)
                """)
            .bind("id", channel.id().value())
            .bind("slug", channel.slug().value())
            .bind("title", channel.title())
            .bind("broadcaster", channel.broadcasterId())
            .bind("listed", channel.listed())
            .bind("playback", channel.playback().label())
            .bind("version", channel.version())
            .bind("created", SqlTimes.atUtc(channel.createdAt()))
            .bind("updated", SqlTimes.atUtc(channel.updatedAt()))
            .execute();
  }

  /// Writes what may change, when nobody else did since it was read.
  ///
  /// @param channel with the version that was read
  /// @return what is there now; empty when it changed meanwhile or is gone
  public Optional<Channel> update(Handle handle, Channel channel, Instant now) {
    return handle
        .createQuery(
            """
            UPDATE channels
               SET title = :title, broadcaster_id = :broadcaster, listed = :listed,
                   playback = :playback, version = version + 1,
                   updated_at = greatest(:updated, created_at)
             WHERE id = :id AND version = :version
            RETURNING\
            """
                + " "
                + COLUMNS)
        .bind("id", channel.id().value())
        .bind("title", channel.title())
        .bind("broadcaster", channel.broadcasterId())
        .bind("listed", channel.listed())
        .bind("playback", channel.playback().label())
        .bind("version", channel.version())
        .bind("updated", SqlTimes.atUtc(now))
        .map(ChannelRepository::channel)
        .findOne();
  }

  public Optional<Channel> find(Handle handle, ChannelId id) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM channels WHERE id = :id")
        .bind("id", id.value())
        .map(ChannelRepository::channel)
        .findOne();
  }

  public Optional<Channel> find(Handle handle, ChannelSlug slug) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM channels WHERE slug = :slug")
        .bind("slug", slug.value())
        .map(ChannelRepository::channel)
        .findOne();
  }

  /// As [#find(Handle, ChannelSlug)], and nobody changes or removes it before the transaction ends.
  public Optional<Channel> lock(Handle handle, ChannelSlug slug) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM channels WHERE slug = :slug FOR UPDATE")
        .bind("slug", slug.value())
        .map(ChannelRepository::channel)
        .findOne();
  }

  /// Whether a broadcaster of the channel is here or awaited.
  public boolean isLive(Handle handle, ChannelId id) {
    return handle
        .createQuery(
            """
            SELECT EXISTS (SELECT FROM streams
                            WHERE channel_id = :id AND ended_at IS NULL AND node IS NOT NULL)
            """)
        .bind("id", id.value())
        .mapTo(Boolean.class)
        .one();
  }

  /// The oldest first.
  ///
  /// @param after where the page before ended, or the first page
  public List<Channel> list(Handle handle, Optional<ListPosition<ChannelId>> after, int limit) {
    String page = after.isEmpty() ? "" : " WHERE (created_at, id) > (:created, :id)";
    var query =
        handle
            .createQuery(
                "SELECT " + COLUMNS + " FROM channels" + page + " ORDER BY created_at, id LIMIT :n")
            .bind("n", limit);
    if (after.isPresent()) {
      query =
          query
              .bind("created", SqlTimes.atUtc(after.get().createdAt()))
              .bind("id", after.get().id().value());
    }
    return query.map(ChannelRepository::channel).list();
  }

  /// All channels in one look, for a copy in memory.
  public List<Channel> all(Handle handle) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM channels")
        .map(ChannelRepository::channel)
        .list();
  }

  /// Differs from an earlier answer when any channel was added, changed or removed between.
  public String fingerprint(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT concat_ws('/', count(*), sum(hashtextextended(concat_ws('/', id, version), 0)))
              FROM channels
            """)
        .mapTo(String.class)
        .one();
  }

  /// Removes a channel and all that belongs to it.
  ///
  /// @return whether it was there
  public boolean delete(Handle handle, ChannelId id) {
    return handle
            .createUpdate("DELETE FROM channels WHERE id = :id")
            .bind("id", id.value())
            .execute()
        > 0;
  }

  private static Channel channel(ResultSet row, StatementContext context) throws SQLException {
    return new Channel(
        new ChannelId(row.getObject("id", UUID.class)),
        new ChannelSlug(row.getString("slug")),
        row.getString("title"),
        row.getString("broadcaster_id"),
        row.getBoolean("listed"),
        PlaybackPolicy.of(row.getString("playback")).orElseThrow(),
        row.getLong("version"),
        SqlTimes.instant(row, "created_at").orElseThrow(),
        SqlTimes.instant(row, "updated_at").orElseThrow());
  }
}
