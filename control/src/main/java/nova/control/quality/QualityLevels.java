package nova.control.quality;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry.Subject;
import nova.control.audit.AuditLog;
import nova.control.database.Database;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.StaleException;
import nova.control.error.UnknownException;
import org.jdbi.v3.core.Handle;

/// Quality levels as operators make, change and remove them. Whoever calls waits for the database;
/// [CurrentLevels] has them in memory.
///
/// *Thread-safe.*
public final class QualityLevels {
  /// There are no more, which a machine could not encode anyway.
  public static final int MAX_LEVELS = 8;

  private final Database database;
  private final QualityLevelRepository levels;
  private final AuditLog audit;
  private final CurrentLevels current;
  private final InstantSource clock;

  /// @param current hears of each change
  public QualityLevels(
      Database database,
      QualityLevelRepository levels,
      AuditLog audit,
      CurrentLevels current,
      InstantSource clock) {
    this.database = database;
    this.levels = levels;
    this.audit = audit;
    this.current = current;
    this.clock = clock;
  }

  /// All levels, the largest first.
  public List<QualityLevel> list() {
    return database.inTransaction(levels::list);
  }

  /// The level of a name such as `720p`.
  ///
  /// @throws UnknownException when there is none
  public QualityLevel find(String name) {
    return database.inTransaction(handle -> find(handle, name));
  }

  /// Makes a level for the ladders that are planned from now on.
  ///
  /// @throws ConflictingException when there is one of that height, or there are [#MAX_LEVELS]
  /// @throws InvalidFieldException when a value cannot be
  public QualityLevel create(
      int height, long videoBitrateBps, int maxFrameRate, boolean enabled, Actor actor) {
    requireHeight(height);
    Instant now = clock.instant();
    QualityLevel level =
        new QualityLevel(height, videoBitrateBps, maxFrameRate, enabled, 1, now, now);
    requireValid(level);
    database.useTransaction(
        handle -> {
          levels.lock(handle);
          requireRoom(handle, level);
          levels.insert(handle, level);
          audit(handle, actor, "quality-level-created", level, values(level));
        });
    current.refresh();
    return level;
  }

  /// Changes a level for the ladders that are planned from now on.
  ///
  /// @param ifVersion that it must have
  /// @throws InvalidFieldException when a value cannot be
  /// @throws StaleException when it has another version
  /// @throws UnknownException when there is none
  public QualityLevel update(
      String name, QualityLevelChange change, Optional<Long> ifVersion, Actor actor) {
    QualityLevel changed =
        database.inTransaction(
            handle -> {
              levels.lock(handle);
              QualityLevel before = find(handle, name);
              requireVersion(before, ifVersion);
              QualityLevel after = before.with(change);
              requireValid(after);
              if (after.equals(before)) {
                return before;
              }
              audit(handle, actor, "quality-level-updated", after, values(after));
              return levels.update(handle, after, clock.instant()).orElseThrow();
            });
    current.refresh();
    return changed;
  }

  /// Removes a level. Streams that are encoded to it stay so until they end.
  ///
  /// @param ifVersion that it must have
  /// @throws StaleException when it has another version
  /// @throws UnknownException when there is none
  public void delete(String name, Optional<Long> ifVersion, Actor actor) {
    database.useTransaction(
        handle -> {
          levels.lock(handle);
          QualityLevel level = find(handle, name);
          requireVersion(level, ifVersion);
          boolean _ = levels.delete(handle, name);
          audit(handle, actor, "quality-level-deleted", level, Map.of());
        });
    current.refresh();
  }

  private QualityLevel find(Handle handle, String name) {
    return levels.find(handle, name).orElseThrow(() -> new UnknownException("quality-level", name));
  }

  private void requireRoom(Handle handle, QualityLevel level) {
    List<QualityLevel> existing = levels.list(handle);
    if (existing.stream().anyMatch(other -> other.height() == level.height())) {
      throw new ConflictingException(
          "quality-level-exists",
          "There is a quality level %s already; change that one.".formatted(level.name()));
    }
    if (existing.size() >= MAX_LEVELS) {
      throw new ConflictingException(
          "too-many-quality-levels",
          "There are %d quality levels (expected: at most %d); delete one first."
              .formatted(existing.size(), MAX_LEVELS));
    }
  }

  private static void requireHeight(int height) {
    if (height < QualityLevel.MIN_HEIGHT || height > QualityLevel.MAX_HEIGHT || height % 2 != 0) {
      throw new InvalidFieldException(
          "height",
          "height is %d (expected: even, %d..%d lines)."
              .formatted(height, QualityLevel.MIN_HEIGHT, QualityLevel.MAX_HEIGHT));
    }
  }

  private static void requireValid(QualityLevel level) {
    long bitrate = level.videoBitrateBps();
    if (bitrate < QualityLevel.MIN_BITRATE_BPS || bitrate > QualityLevel.MAX_BITRATE_BPS) {
      throw new InvalidFieldException(
          "videoBitrateBps",
          "videoBitrateBps is %d (expected: %d..%d)."
              .formatted(bitrate, QualityLevel.MIN_BITRATE_BPS, QualityLevel.MAX_BITRATE_BPS));
    }
    int frameRate = level.maxFrameRate();
    if (frameRate < QualityLevel.MIN_FRAME_RATE || frameRate > QualityLevel.MAX_FRAME_RATE) {
      throw new InvalidFieldException(
          "maxFrameRate",
          "maxFrameRate is %d (expected: %d..%d)."
              .formatted(frameRate, QualityLevel.MIN_FRAME_RATE, QualityLevel.MAX_FRAME_RATE));
    }
  }

  private static void requireVersion(QualityLevel level, Optional<Long> wanted) {
    if (wanted.isPresent() && wanted.get() != level.version()) {
      throw new StaleException(wanted.get(), level.version());
    }
  }

  private static Map<String, Object> values(QualityLevel level) {
    return new TreeMap<>(
        Map.of(
            "videoBitrateBps", level.videoBitrateBps(),
            "maxFrameRate", level.maxFrameRate(),
            "enabled", level.enabled()));
  }

  private void audit(
      Handle handle, Actor actor, String action, QualityLevel level, Map<String, Object> details) {
    audit.append(
        handle,
        clock.instant(),
        actor,
        action,
        new Subject("quality-level", level.name()),
        details);
  }
}
