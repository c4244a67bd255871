package nova.backends.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.SetArgs;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.segments.MalformedTimelineException;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineWireFormat;
import org.jspecify.annotations.Nullable;

/// Reads the timelines that Redis has, and sees whether there may be newer ones. Stages complete on
/// a thread of the connection.
///
/// *Thread-safe.*
final class StoredTimelines {
  private static final String[] HEAD = {"t", "v", "p"};
  private static final String[] WHOLE = {"t", "v", "p", "s"};
  private static final int LONGEST_NAME = 64;
  private static final Bytes PROBE = Bytes.ofUtf8("1");
  private static final Duration PROBE_KEPT = Duration.ofSeconds(10);

  private final RedisLink link;
  private final MediaKeys keys;
  private final RedisMetrics metrics;

  StoredTimelines(RedisLink link, RedisMetrics metrics) {
    this.link = link;
    this.keys = new MediaKeys(link.keys());
    this.metrics = metrics;
  }

  /// A timeline as Redis has it.
  ///
  /// *Immutable.*
  ///
  /// @param token of who put it
  /// @param bytes of the snapshot; empty when only the head was asked for
  record Stored(long token, long version, Bytes bytes, Optional<Instant> posterAt) {
    /// @throws MalformedTimelineException when it cannot be read
    TimelineSnapshot snapshot() {
      return TimelineWireFormat.read(bytes);
    }
  }

  /// Whether Redis can be asked now, and answers.
  boolean areAtHand() {
    return link.answers();
  }

  /// Whether Redis answers that it takes nothing, as one that is full, could not save or is
  /// nobody's master; false when it does not answer.
  CompletionStage<Boolean> takeNothing() {
    return link.commands()
        .set(keys.probe(), PROBE, SetArgs.Builder.px(PROBE_KEPT))
        .handle((_, failure) -> failure != null && RedisLink.isRefusal(failure));
  }

  /// The streams that may have a timeline.
  CompletionStage<List<StreamId>> streams() {
    return link.orMissing(link.commands().zrange(keys.index(), 0, -1), List.of())
        .thenApply(
            names -> {
              List<StreamId> streams = new ArrayList<>();
              for (Bytes name : names) {
                String text = name.length() <= LONGEST_NAME ? name.toUtf8() : "";
                if (StreamId.isValid(text)) {
                  streams.add(new StreamId(text));
                } else {
                  metrics.malformed("stream-name");
                }
              }
              return List.copyOf(streams);
            });
  }

  /// What is there of a stream, but for the snapshot itself.
  CompletionStage<Optional<Stored>> head(StreamId stream) {
    return read(stream, HEAD);
  }

  /// What is there of a stream.
  CompletionStage<Optional<Stored>> whole(StreamId stream) {
    return read(stream, WHOLE);
  }

  private CompletionStage<Optional<Stored>> read(StreamId stream, String[] fields) {
    return link.orMissing(link.commands().hmget(keys.timeline(stream), fields), List.of())
        .thenApply(values -> Optional.ofNullable(stored(values)));
  }

  private @Nullable Stored stored(List<KeyValue<String, Bytes>> values) {
    Map<String, Bytes> fields = new HashMap<>();
    values.stream()
        .filter(KeyValue::hasValue)
        .forEach(value -> fields.put(value.getKey(), value.getValue()));
    Bytes token = fields.get("t");
    Bytes version = fields.get("v");
    if (token == null || version == null) {
      return null;
    }
    try {
      Bytes poster = fields.get("p");
      return new Stored(
          Long.parseLong(token.toUtf8()),
          Long.parseLong(version.toUtf8()),
          fields.getOrDefault("s", Bytes.EMPTY),
          poster == null ? Optional.empty() : Optional.of(Instant.parse(poster.toUtf8())));
    } catch (NumberFormatException | DateTimeException _) {
      metrics.malformed("timeline");
      return null;
    }
  }
}
