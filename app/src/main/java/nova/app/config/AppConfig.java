package nova.app.config;

import java.util.List;
import nova.api.ApiConfig;
import nova.backends.kafka.KafkaConfig;
import nova.backends.redis.RedisConfig;
import nova.control.database.DatabaseConfig;
import nova.control.metric.MetricsConfig;
import nova.core.Setting;
import nova.delivery.DeliveryConfig;
import nova.framelog.FrameLogConfig;
import nova.ingest.RtmpConfig;
import nova.packager.PackagerConfig;
import nova.segments.DiskMediaConfig;
import nova.segments.SegmentStoreConfig;
import nova.transcode.TranscodeConfig;
import nova.transcode.poster.PosterConfig;

/// Everything that can be set, one component per part of Nova.
///
/// *Immutable.*
public record AppConfig(
    @Setting(
            value = "Folder for what must survive a restart; created when missing.",
            byDefault = "./nova-data")
        String data,
    @Setting(
            value = "How much is logged to stderr: error, warn, info, debug or trace.",
            byDefault = "info")
        String logLevel,
    @Setting(
            "Who may publish beside the stream keys of the database, as CHANNEL=SECRET; channels"
                + " that are missing are made. With none the first start makes channel `live` and a"
                + " key.")
        List<String> streamKeys,
    @Setting("The database of channels, keys and streams.") DatabaseConfig database,
    @Setting("What is kept of the metrics of streams.") MetricsConfig metrics,
    @Setting("The RTMP server.") RtmpConfig rtmp,
    @Setting("The HTTP server.") HttpConfig http,
    @Setting("The frame log.") FrameLogConfig frameLog,
    @Setting("The store of media segments.") SegmentStoreConfig segments,
    @Setting("Media on disk, for services that share it.") DiskMediaConfig media,
    @Setting("Encoding of further renditions.") TranscodeConfig transcode,
    @Setting("The packager.") PackagerConfig packager,
    @Setting("Pictures of what streams show.") PosterConfig posters,
    @Setting("Delivery to viewers.") DeliveryConfig delivery,
    @Setting("The API and the pages.") ApiConfig api,
    @Setting("The Kafka that services share.") KafkaConfig kafka,
    @Setting("The Redis that services share.") RedisConfig redis) {

  private static final List<String> LOG_LEVELS = List.of("error", "warn", "info", "debug", "trace");

  public AppConfig {
    streamKeys = List.copyOf(streamKeys);
    if (data.isEmpty()) {
      throw new IllegalArgumentException("data is empty (expected: a folder)");
    }
    if (!LOG_LEVELS.contains(logLevel)) {
      throw new IllegalArgumentException(
          "log-level '%s' (expected: one of %s)"
              .formatted(logLevel, String.join(", ", LOG_LEVELS)));
    }
  }

  /// Never shows stream keys.
  @Override
  public String toString() {
    return "AppConfig[data=%s, logLevel=%s, %d stream keys]"
        .formatted(data, logLevel, streamKeys.size());
  }
}
