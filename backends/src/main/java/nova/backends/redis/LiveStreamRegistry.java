package nova.backends.redis;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// The streams that ingest nodes receive, which transcode nodes look through for work. Each is
/// announced every second and forgotten three seconds after its ingest node fell silent.
///
/// *Thread-safe.*
public final class LiveStreamRegistry implements AutoCloseable {
  private static final Duration TTL = Duration.ofSeconds(3);
  private static final int LONGEST = 200; // of what is said of a stream

  private final Presence presence;
  private final RedisMetrics metrics;

  private LiveStreamRegistry(Presence presence, RedisMetrics metrics) {
    this.presence = presence;
    this.metrics = metrics;
  }

  /// Begins to announce what will be.
  ///
  /// @param threads makes the thread that announces
  /// @throws RedisStartException when Redis cannot be used
  public static LiveStreamRegistry open(
      RedisConnections connections, RedisMetrics metrics, ThreadFactory threads) {
    return open(connections, metrics, TTL, threads);
  }

  static LiveStreamRegistry open(
      RedisConnections connections, RedisMetrics metrics, Duration ttl, ThreadFactory threads) {
    return new LiveStreamRegistry(
        new Presence(connections, RedisArea.MEDIA, "live-streams", metrics, ttl, threads), metrics);
  }

  /// Announces a stream at once and from now on.
  public void announce(AnnouncedStream stream) {
    Bytes value = Bytes.ofUtf8(stream.channel() + " " + stream.startedAt());
    presence.add(stream.stream().value(), () -> value);
  }

  /// Announces a stream no more. Idempotent.
  public void withdraw(StreamId stream) {
    presence.remove(stream.value());
  }

  /// All streams that are announced, the oldest first. Fails when Redis cannot be asked.
  public CompletionStage<List<AnnouncedStream>> list() {
    return presence
        .list()
        .thenApply(
            found -> {
              List<AnnouncedStream> streams = new ArrayList<>();
              for (Map.Entry<String, Bytes> one : found.entrySet()) {
                Optional<AnnouncedStream> stream = read(one.getKey(), one.getValue());
                stream.ifPresentOrElse(streams::add, () -> metrics.malformed("live-stream"));
              }
              streams.sort(
                  Comparator.comparing(AnnouncedStream::startedAt)
                      .thenComparing(stream -> stream.stream().value()));
              return List.copyOf(streams);
            });
  }

  private static Optional<AnnouncedStream> read(String stream, Bytes value) {
    String text = value.length() <= LONGEST ? value.toUtf8() : "";
    int space = text.indexOf(' ');
    if (space < 0 || !StreamId.isValid(stream) || !ChannelSlug.isValid(text.substring(0, space))) {
      return Optional.empty();
    }
    try {
      Instant startedAt = Instant.parse(text.substring(space + 1));
      ChannelSlug channel = new ChannelSlug(text.substring(0, space));
      return Optional.of(new AnnouncedStream(new StreamId(stream), channel, startedAt));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /// Withdraws all streams of this process.
  @Override
  public void close() {
    presence.close();
  }
}
