package nova.control.metric;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import nova.control.database.SqlTimes;
import nova.core.StreamHealth;
import nova.core.StreamId;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// The table of metrics, within a transaction of its caller.
///
/// *Thread-safe.*
public final class StreamMetricsRepository {
  /// Writes what was measured. What is there of the same stream and moment stays; so the same may
  /// be written again when it is not known whether it was. The moments need their tables.
  ///
  /// @see StreamMetricsPartitions#ensureFor
  public void insert(Handle handle, Collection<StreamMetric> metrics) {
    if (metrics.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            """
            INSERT INTO stream_metrics (stream_id, at, video_bitrate_bps, audio_bitrate_bps,
                                        frame_rate, keyframe_interval_ms, received_bytes,
                                        received_frames, dropped_frames, repaired_timestamps,
                                        viewers, stalled_viewers, delivered_bps)
            VALUES (:stream, :at, :video, :audio, :frameRate, :keyframes, :bytes, :frames, :dropped,
                    :repaired, :viewers, :stalled, :delivered)
            ON CONFLICT (stream_id, at) DO NOTHING
            """);
    for (StreamMetric metric : metrics) {
      bind(batch, metric);
    }
    int[] _ = batch.execute();
  }

  private static void bind(PreparedBatch batch, StreamMetric metric) {
    StreamHealth health = metric.health();
    @Nullable Audience audience = metric.audience().orElse(null);
    PreparedBatch _ =
        batch
            .bind("stream", metric.stream().value())
            .bind("at", SqlTimes.atUtc(metric.at()))
            .bind("video", health.videoBitrateBps())
            .bind("audio", health.audioBitrateBps())
            .bind("frameRate", health.frameRate())
            .bind("keyframes", health.keyframeIntervalMs())
            .bind("bytes", health.receivedBytes())
            .bind("frames", health.receivedFrames())
            .bind("dropped", health.droppedFrames())
            .bind("repaired", health.repairedTimestamps())
            .bind("viewers", audience == null ? null : audience.viewers())
            .bind("stalled", audience == null ? null : audience.stalledViewers())
            .bind("delivered", audience == null ? null : audience.deliveredBps())
            .add();
  }

  /// What was measured of a stream, a point for each step in which something was. Steps begin at
  /// multiples of their length since 1970-01-01T00:00:00Z, whatever is asked for.
  ///
  /// @param since the first moment that counts
  /// @param until the first that does not any more
  /// @param step whole seconds
  public List<MetricPoint> series(
      Handle handle, StreamId stream, Instant since, Instant until, Duration step) {
    return handle
        .createQuery(
            """
            WITH steps AS (
              SELECT date_bin(:step * interval '1 second', at, 'epoch'::timestamptz) AS begin_at,
                     max(at) AS last_at,
                     avg(video_bitrate_bps)::bigint AS video_bitrate_bps,
                     avg(audio_bitrate_bps)::bigint AS audio_bitrate_bps,
                     avg(frame_rate) AS frame_rate,
                     max(keyframe_interval_ms) AS keyframe_interval_ms,
                     max(viewers) AS viewers,
                     max(stalled_viewers) AS stalled_viewers,
                     avg(delivered_bps)::bigint AS delivered_bps
                FROM stream_metrics
               WHERE stream_id = :stream AND at >= :since AND at < :until
               GROUP BY begin_at)
            SELECT steps.*, received_bytes, received_frames, dropped_frames, repaired_timestamps
              FROM steps
              JOIN stream_metrics AS last ON last.stream_id = :stream AND last.at = last_at
             WHERE last.at >= :since AND last.at < :until
             ORDER BY begin_at
            """)
        .bind("stream", stream.value())
        .bind("since", SqlTimes.atUtc(since))
        .bind("until", SqlTimes.atUtc(until))
        .bind("step", step.toSeconds())
        .map(StreamMetricsRepository::point)
        .list();
  }

  private static MetricPoint point(ResultSet row, StatementContext context) throws SQLException {
    @Nullable Integer viewers = row.getObject("viewers", Integer.class);
    return new MetricPoint(
        SqlTimes.instant(row, "begin_at").orElseThrow(),
        row.getLong("video_bitrate_bps"),
        row.getLong("audio_bitrate_bps"),
        row.getDouble("frame_rate"),
        row.getLong("keyframe_interval_ms"),
        row.getLong("received_bytes"),
        row.getLong("received_frames"),
        row.getLong("dropped_frames"),
        row.getLong("repaired_timestamps"),
        viewers == null
            ? Optional.empty()
            : Optional.of(
                new Audience(
                    viewers, row.getInt("stalled_viewers"), row.getLong("delivered_bps"))));
  }
}
