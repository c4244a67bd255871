package nova.api.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.core.StreamState;

/// The streams as the API shows them: stream events folded into one current record per stream.
///
/// A record stays for a while after its stream ended. The number of records is bounded; to admit
/// one more, the stream that ended first is forgotten, and if none has ended the oldest one. Events
/// of a stream that is unknown, forgotten or over are ignored.
///
/// Writers take turns on a lock held for a few map operations; readers take none.
///
/// *Thread-safe.*
public final class StreamDirectory implements StreamEvents.Subscriber {
  private static final Comparator<StreamRecord> NEWEST_FIRST =
      Comparator.comparingLong(StreamRecord::sequence).reversed();

  private final InstantSource clock;
  private final Duration endedKept;
  private final int capacity;

  private final Map<StreamId, StreamRecord> byId = new ConcurrentHashMap<>();
  private final Map<ChannelSlug, StreamId> latest = new ConcurrentHashMap<>();
  private long started; // guarded by this

  /// @param endedKept how long a stream stays after its end
  /// @param capacity records held at most
  public StreamDirectory(InstantSource clock, Duration endedKept, int capacity) {
    this.clock = clock;
    this.endedKept = endedKept;
    this.capacity = capacity;
  }

  @Override
  public synchronized void onEvent(StreamEvent event) {
    switch (event) {
      case StreamEvent.StreamStarted e -> start(e);
      case StreamEvent.EpochBegan e -> update(e, record -> record.epochBegan(e));
      case StreamEvent.StreamMeasured e -> update(e, record -> record.measured(e.health()));
      case StreamEvent.StreamRecovering e -> update(e, record -> record.recovering(e.graceUntil()));
      case StreamEvent.StreamResumed e -> update(e, StreamRecord::resumed);
      case StreamEvent.StreamEnded e ->
          update(
              e,
              record ->
                  record
                      .measured(e.health())
                      .over(StreamState.ENDED_GRACEFULLY, e.at(), e.reason()));
      case StreamEvent.StreamError e ->
          update(
              e,
              record ->
                  e.health()
                      .map(record::measured)
                      .orElse(record)
                      .over(StreamState.ERROR, e.at(), e.reason()));
      case StreamEvent.LadderChanged e ->
          update(e, record -> record.with(record.ladder().changed(e)));
      case StreamEvent.BitrateAdapted e ->
          update(e, record -> record.with(record.ladder().adapted(e)));
      case StreamEvent.RungsFailed e -> update(e, record -> record.with(record.ladder().failed(e)));
      case StreamEvent.SegmentGenerated _,
          StreamEvent.RungStarted _,
          StreamEvent.RungMisaligned _ -> {} // what is in the store is not shown here
    }
  }

  /// Every stream still known, the one that started last first.
  List<StreamRecord> all() {
    Instant now = clock.instant();
    return byId.values().stream()
        .filter(record -> !isExpired(record, now))
        .sorted(NEWEST_FIRST)
        .toList();
  }

  Optional<StreamRecord> find(StreamId id) {
    StreamRecord record = byId.get(id);
    return record == null || isExpired(record, clock.instant())
        ? Optional.empty()
        : Optional.of(record);
  }

  /// The stream of a channel that started last.
  Optional<StreamRecord> latestOf(ChannelSlug channel) {
    StreamId id = latest.get(channel);
    return id == null ? Optional.empty() : find(id);
  }

  /// The stream of a channel that is not over.
  public Optional<StreamId> liveOf(ChannelSlug channel) {
    return latestOf(channel).filter(record -> !record.state().isOver()).map(StreamRecord::id);
  }

  /// How many streams are not over.
  public long live() {
    return byId.values().stream().filter(record -> !record.state().isOver()).count();
  }

  private void start(StreamEvent.StreamStarted event) {
    if (byId.containsKey(event.stream())) {
      return;
    }
    forgetExpired(clock.instant());
    while (byId.size() >= capacity) {
      forgetOne();
    }
    StreamRecord record =
        StreamRecord.started(event.stream(), event.channel(), started++, event.at());
    byId.put(record.id(), record);
    latest.put(record.channel(), record.id());
  }

  private void update(StreamEvent event, UnaryOperator<StreamRecord> change) {
    StreamRecord record = byId.get(event.stream());
    if (record != null && !record.state().isOver()) {
      byId.put(record.id(), change.apply(record));
    }
  }

  private boolean isExpired(StreamRecord record, Instant now) {
    Instant endedAt = record.endedAt();
    return endedAt != null && now.isAfter(endedAt.plus(endedKept));
  }

  private void forgetExpired(Instant now) {
    for (StreamRecord record : byId.values()) {
      if (isExpired(record, now)) {
        forget(record);
      }
    }
  }

  private void forgetOne() {
    byId.values().stream()
        .min(
            Comparator.comparing(StreamDirectory::endOrMax)
                .thenComparingLong(StreamRecord::sequence))
        .ifPresent(this::forget);
  }

  private static Instant endOrMax(StreamRecord record) {
    Instant endedAt = record.endedAt();
    return endedAt == null ? Instant.MAX : endedAt;
  }

  private void forget(StreamRecord record) {
    byId.remove(record.id());
    latest.remove(record.channel(), record.id());
  }
}
