package nova.control.quality;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.control.database.ConflictException;
import nova.control.database.SqlTimes;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// The table of quality levels, within a transaction of its caller.
///
/// *Thread-safe.*
public final class QualityLevelRepository {
  private static final String COLUMNS =
      "height, video_bitrate_bps, max_frame_rate, enabled, version, created_at, updated_at";

  /// Lets nobody else change levels until the transaction ends; reading goes on.
  public void lock(Handle handle) {
    int _ = handle.execute("LOCK TABLE quality_levels IN SHARE ROW EXCLUSIVE MODE");
  }

  /// Writes a new level.
  ///
  /// @throws ConflictException with `quality_levels_pkey` when there is one of its height
  public void insert(Handle handle, QualityLevel level) {
    int _ =
        handle
            .createUpdate(
                """
                INSERT INTO quality_levels (name, height, video_bitrate_bps, max_frame_rate,
                                            enabled, version, created_at, updated_at)
                VALUES (:name, :height, :bitrate, :frameRate, :enabled, :version, :created,
                        :updated)
                """)
            .bind("name", level.name())
            .bind("height", level.height())
            .bind("bitrate", level.videoBitrateBps())
            .bind("frameRate", level.maxFrameRate())
            .bind("enabled", level.enabled())
            .bind("version", level.version())
            .bind("created", SqlTimes.atUtc(level.createdAt()))
            .bind("updated", SqlTimes.atUtc(level.updatedAt()))
            .execute();
  }

  /// Writes what may change, when nobody else did since it was read.
  ///
  /// @param level with the version that was read
  /// @return what is there now; empty when it changed meanwhile or is gone
  public Optional<QualityLevel> update(Handle handle, QualityLevel level, Instant now) {
    return handle
        .createQuery(
            """
            UPDATE quality_levels
               SET video_bitrate_bps = :bitrate, max_frame_rate = :frameRate, enabled = :enabled,
                   version = version + 1, updated_at = greatest(:updated, created_at)
             WHERE name = :name AND version = :version
            RETURNING\
            """
                + " "
                + COLUMNS)
        .bind("name", level.name())
        .bind("bitrate", level.videoBitrateBps())
        .bind("frameRate", level.maxFrameRate())
        .bind("enabled", level.enabled())
        .bind("version", level.version())
        .bind("updated", SqlTimes.atUtc(now))
        .map(QualityLevelRepository::level)
        .findOne();
  }

  public Optional<QualityLevel> find(Handle handle, String name) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM quality_levels WHERE name = :name")
        .bind("name", name)
        .map(QualityLevelRepository::level)
        .findOne();
  }

  /// All levels, the largest first.
  public List<QualityLevel> list(Handle handle) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM quality_levels ORDER BY height DESC")
        .map(QualityLevelRepository::level)
        .list();
  }

  /// Removes a level.
  ///
  /// @return whether it was there
  public boolean delete(Handle handle, String name) {
    return handle
            .createUpdate("DELETE FROM quality_levels WHERE name = :name")
            .bind("name", name)
            .execute()
        > 0;
  }

  private static QualityLevel level(ResultSet row, StatementContext context) throws SQLException {
    return new QualityLevel(
        row.getInt("height"),
        row.getLong("video_bitrate_bps"),
        row.getInt("max_frame_rate"),
        row.getBoolean("enabled"),
        row.getLong("version"),
        SqlTimes.instant(row, "created_at").orElseThrow(),
        SqlTimes.instant(row, "updated_at").orElseThrow());
  }
}
