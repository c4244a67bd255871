package nova.control.streamkey;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nova.control.channel.ChannelId;
import nova.control.database.ConflictException;
import nova.control.database.ListPosition;
import nova.control.database.SqlTimes;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// The table of stream keys, within a transaction of its caller.
///
/// *Thread-safe.*
public final class StreamKeyRepository {
  private static final String SELECT =
      """
      SELECT id, channel_id, sha256, label, allowed_networks, created_at, expires_at, revoked_at,
             last_used_at, last_used_from
        FROM stream_keys
      """;

  private static final String WORKING =
      """
       FROM stream_keys
       WHERE channel_id = :channel AND revoked_at IS NULL
         AND (expires_at IS NULL OR expires_at > :now)
      """;
  private static final int MOST_REMOVED_AT_ONCE = 20; // for each, its streams are looked for

  /// Writes a new key.
  ///
  /// @throws ConflictException with `stream_keys_channel_id_fkey` when there is no such channel, or
  ///   `stream_keys_sha256_unique` when the secret is another key's
  public void insert(Handle handle, ChannelKey key) {
    int _ =
        handle
            .createUpdate(
                """
                INSERT INTO stream_keys (id, channel_id, sha256, label, allowed_networks,
                                         created_at, expires_at, revoked_at)
                VALUES (:id, :channel, :sha256, :label, :networks, :created, :expires, :revoked)
                """)
            .bind("id", key.id().value())
            .bind("channel", key.channel().value())
            .bind("sha256", key.sha256().toByteArray())
            .bind("label", key.label())
            .bindArray("networks", String.class, key.allowedNetworks())
            .bind("created", SqlTimes.atUtc(key.createdAt()))
            .bind("expires", key.expiresAt().map(SqlTimes::atUtc).orElse(null))
            .bind("revoked", key.revokedAt().map(SqlTimes::atUtc).orElse(null))
            .execute();
  }

  /// A key, valid or not.
  public Optional<ChannelKey> find(Handle handle, StreamKeyId id) {
    return handle
        .createQuery(SELECT + " WHERE id = :id")
        .bind("id", id.value())
        .map(StreamKeyRepository::key)
        .findOne();
  }

  /// As [#find(Handle, StreamKeyId)], and nobody changes it before the transaction ends.
  public Optional<ChannelKey> lock(Handle handle, StreamKeyId id) {
    return handle
        .createQuery(SELECT + " WHERE id = :id FOR NO KEY UPDATE")
        .bind("id", id.value())
        .map(StreamKeyRepository::key)
        .findOne();
  }

  /// The key of a secret, valid or not.
  public Optional<ChannelKey> find(Handle handle, Bytes sha256) {
    return handle
        .createQuery(SELECT + " WHERE sha256 = :sha256")
        .bind("sha256", sha256.toByteArray())
        .map(StreamKeyRepository::key)
        .findOne();
  }

  /// The stream that the next broadcast of a channel is to be.
  public Optional<StreamId> preparedStream(Handle handle, ChannelId channel) {
    return handle
        .createQuery(
            "SELECT id FROM streams WHERE channel_id = :id AND ended_at IS NULL AND node IS NULL")
        .bind("id", channel.value())
        .mapTo(String.class)
        .findOne()
        .map(StreamId::new);
  }

  /// Whether there is no key, valid or not.
  public boolean isEmpty(Handle handle) {
    return handle
        .createQuery("SELECT NOT EXISTS (SELECT FROM stream_keys)")
        .mapTo(Boolean.class)
        .one();
  }

  /// Keys of a channel, the oldest first.
  ///
  /// @param after where the page before ended, or the first page
  public List<ChannelKey> list(
      Handle handle, ChannelId channel, Optional<ListPosition<StreamKeyId>> after, int limit) {
    String page = after.isEmpty() ? "" : " AND (created_at, id) > (:created, :id)";
    var query =
        handle
            .createQuery(
                SELECT
                    + " WHERE channel_id = :channel"
                    + page
                    + " ORDER BY created_at, id LIMIT :limit")
            .bind("channel", channel.value())
            .bind("limit", limit);
    if (after.isPresent()) {
      query =
          query
              .bind("created", SqlTimes.atUtc(after.get().createdAt()))
              .bind("id", after.get().id().value());
    }
    return query.map(StreamKeyRepository::key).list();
  }

  /// The hashes of the secrets of a channel that open it, or did since a moment.
  List<Bytes> hashes(Handle handle, ChannelId channel, Instant since) {
    return handle
        .createQuery(
            """
            SELECT sha256 FROM stream_keys
             WHERE channel_id = :channel
               AND (revoked_at IS NULL OR revoked_at > :since)
               AND (expires_at IS NULL OR expires_at > :since)
            """)
        .bind("channel", channel.value())
        .bind("since", SqlTimes.atUtc(since))
        .map((row, _) -> Bytes.wrap(row.getBytes("sha256")))
        .list();
  }

  /// How many keys open a channel now.
  int working(Handle handle, ChannelId channel, Instant now) {
    return handle
        .createQuery("SELECT count(*)" + WORKING)
        .bind("channel", channel.value())
        .bind("now", SqlTimes.atUtc(now))
        .mapTo(Integer.class)
        .one();
  }

  /// Removes a few of a channel's keys that have long stopped to work, but for the latest ones and
  /// those that somebody still broadcasts with.
  ///
  /// @param before when they must have ended
  /// @param kept how many of them stay
  void removeEnded(Handle handle, ChannelId channel, Instant before, int kept) {
    int _ =
        handle
            .createUpdate(
                """
                DELETE FROM stream_keys
                 WHERE id IN (SELECT k.id FROM stream_keys k
                               WHERE k.channel_id = :channel
                                 AND least(k.revoked_at, k.expires_at) < :before
                                 AND NOT EXISTS (SELECT FROM streams s
                                                  WHERE s.stream_key_id = k.id
                                                    AND s.ended_at IS NULL)
                               ORDER BY k.created_at DESC, k.id DESC OFFSET :kept LIMIT :most)
                """)
            .bind("channel", channel.value())
            .bind("before", SqlTimes.atUtc(before))
            .bind("kept", kept)
            .bind("most", MOST_REMOVED_AT_ONCE)
            .execute();
  }

  /// Takes a key back for good.
  ///
  /// @return whether it was there and had not been taken back
  public boolean revoke(Handle handle, StreamKeyId id, Instant now) {
    return handle
            .createUpdate(
                """
                UPDATE stream_keys SET revoked_at = greatest(:now, created_at)
                 WHERE id = :id AND revoked_at IS NULL
                """)
            .bind("id", id.value())
            .bind("now", SqlTimes.atUtc(now))
            .execute()
        > 0;
  }

  /// Has a key end at a time, as one that was rotated: not later than it would anyway.
  ///
  /// @return whether it was there
  public boolean expire(Handle handle, StreamKeyId id, Instant at) {
    return handle
            .createUpdate(
                "UPDATE stream_keys SET expires_at = least(expires_at, :at) WHERE id = :id")
            .bind("id", id.value())
            .bind("at", SqlTimes.atUtc(at))
            .execute()
        > 0;
  }

  /// Notes the key that was made in place of another.
  public void replace(Handle handle, StreamKeyId id, StreamKeyId by) {
    int _ =
        handle
            .createUpdate("UPDATE stream_keys SET replaced_by = :by WHERE id = :id")
            .bind("id", id.value())
            .bind("by", by.value())
            .execute();
  }

  /// The key that was made in place of another, if one was.
  public Optional<StreamKeyId> replacementOf(Handle handle, StreamKeyId id) {
    return handle
        .createQuery(
            "SELECT replaced_by FROM stream_keys WHERE id = :id AND replaced_by IS NOT NULL")
        .bind("id", id.value())
        .mapTo(UUID.class)
        .findOne()
        .map(StreamKeyId::new);
  }

  /// Notes that a key was used; an older use than the one known changes nothing.
  public void used(Handle handle, StreamKeyId id, KeyUse use) {
    int _ =
        handle
            .createUpdate(
                """
                UPDATE stream_keys SET last_used_at = :at, last_used_from = :address
                 WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :at)
                """)
            .bind("id", id.value())
            .bind("at", SqlTimes.atUtc(use.at()))
            .bind("address", use.address())
            .execute();
  }

  private static ChannelKey key(ResultSet row, StatementContext context) throws SQLException {
    Array networks = row.getArray("allowed_networks");
    String address = row.getString("last_used_from");
    return new ChannelKey(
        new StreamKeyId(row.getObject("id", UUID.class)),
        new ChannelId(row.getObject("channel_id", UUID.class)),
        Bytes.wrap(row.getBytes("sha256")),
        row.getString("label"),
        List.of((String[]) networks.getArray()),
        SqlTimes.instant(row, "created_at").orElseThrow(),
        SqlTimes.instant(row, "expires_at"),
        SqlTimes.instant(row, "revoked_at"),
        SqlTimes.instant(row, "last_used_at").map(at -> new KeyUse(at, address)));
  }
}
