package nova.control.token;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nova.control.channel.ChannelId;
import nova.control.database.ListPosition;
import nova.control.database.SqlTimes;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// The table of tokens, within a transaction of its caller.
///
/// *Thread-safe.*
public final class TokenRepository {
  private static final Duration USE_NOTED_EVERY = Duration.ofMinutes(1);
  private static final String SELECT =
      """
      SELECT t.id, t.sha256, t.scope, t.label, c.slug, t.created_at, t.expires_at, t.revoked_at,
             t.last_used_at
        FROM tokens t LEFT JOIN channels c ON c.id = t.channel_id
      """;

  /// A token and the hash of its secret.
  ///
  /// *Immutable.*
  record Stored(Token token, Bytes sha256) {}

  /// Nobody else writes tokens before the transaction ends.
  void lock(Handle handle) {
    int _ = handle.execute("LOCK TABLE tokens IN SHARE ROW EXCLUSIVE MODE");
  }

  /// Writes a new token.
  ///
  /// @param channel whose slug the token names
  void insert(Handle handle, Token token, Bytes sha256, Optional<ChannelId> channel) {
    int _ =
        handle
            .createUpdate(
                """
                INSERT INTO tokens (id, sha256, scope, channel_id, label, created_at, expires_at)
                VALUES (:id, :sha256, :scope, CAST(:channel AS uuid), :label, :created, :expires)
                """)
            .bind("id", token.id().value())
            .bind("sha256", sha256.toByteArray())
            .bind("scope", token.scope().label())
            .bind("channel", channel.map(ChannelId::value).orElse(null))
            .bind("label", token.label())
            .bind("created", SqlTimes.atUtc(token.createdAt()))
            .bind("expires", token.expiresAt().map(SqlTimes::atUtc).orElse(null))
            .execute();
  }

  Optional<Stored> find(Handle handle, Bytes sha256) {
    return handle
        .createQuery(SELECT + " WHERE t.sha256 = :sha256")
        .bind("sha256", sha256.toByteArray())
        .map(TokenRepository::stored)
        .findOne();
  }

  Optional<Token> find(Handle handle, TokenId id) {
    return handle
        .createQuery(SELECT + " WHERE t.id = :id")
        .bind("id", id.value())
        .map(TokenRepository::stored)
        .findOne()
        .map(Stored::token);
  }

  /// The oldest first.
  ///
  /// @param after where the page before ended, or the first page
  List<Token> list(Handle handle, Optional<ListPosition<TokenId>> after, int limit) {
    String page = after.isEmpty() ? "" : " WHERE (t.created_at, t.id) > (:created, :id)";
    var query =
        handle
            .createQuery(SELECT + page + " ORDER BY t.created_at, t.id LIMIT :limit")
            .bind("limit", limit);
    if (after.isPresent()) {
      query =
          query
              .bind("created", SqlTimes.atUtc(after.get().createdAt()))
              .bind("id", after.get().id().value());
    }
    return query.map(TokenRepository::stored).list().stream().map(Stored::token).toList();
  }

  /// Whether there is any token, of whatever kind.
  boolean isEmpty(Handle handle) {
    return !handle.createQuery("SELECT EXISTS (SELECT FROM tokens)").mapTo(Boolean.class).one();
  }

  /// How many tokens open everything now.
  int admins(Handle handle, Instant now) {
    return handle
        .createQuery(
            """
            SELECT count(*) FROM tokens
             WHERE scope = 'admin' AND revoked_at IS NULL
               AND (expires_at IS NULL OR expires_at > :now)
            """)
        .bind("now", SqlTimes.atUtc(now))
        .mapTo(Integer.class)
        .one();
  }

  /// Takes a token back for good.
  ///
  /// @return whether it was there and had not been taken back
  boolean revoke(Handle handle, TokenId id, Instant now) {
    return handle
            .createUpdate(
                """
                UPDATE tokens SET revoked_at = greatest(:now, created_at)
                 WHERE id = :id AND revoked_at IS NULL
                """)
            .bind("id", id.value())
            .bind("now", SqlTimes.atUtc(now))
            .execute()
        > 0;
  }

  /// Notes that a token was used, once a minute.
  void used(Handle handle, Token token, Instant now) {
    @Nullable Instant noted = token.lastUsedAt().orElse(null);
    if (noted == null || noted.plus(USE_NOTED_EVERY).isBefore(now)) {
      int _ =
          handle
              .createUpdate("UPDATE tokens SET last_used_at = :now WHERE id = :id")
              .bind("id", token.id().value())
              .bind("now", SqlTimes.atUtc(now))
              .execute();
    }
  }

  private static Stored stored(ResultSet row, StatementContext context) throws SQLException {
    Token token =
        new Token(
            new TokenId(row.getObject("id", UUID.class)),
            Scope.of(row.getString("scope")).orElseThrow(),
            row.getString("label"),
            Optional.ofNullable(row.getString("slug")).map(ChannelSlug::new),
            SqlTimes.instant(row, "created_at").orElseThrow(),
            SqlTimes.instant(row, "expires_at"),
            SqlTimes.instant(row, "revoked_at"),
            SqlTimes.instant(row, "last_used_at"));
    return new Stored(token, Bytes.wrap(row.getBytes("sha256")));
  }
}
