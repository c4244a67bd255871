package nova.api.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import nova.control.stream.ChannelStream;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.core.StreamState;

/// The streams as the API shows them: stream events folded into one current record per stream.
///
/// Where streams are live at other servers too, events are not enough: those of before this process
/// began are missing, and one may be lost. There the records are compared with the database every
/// few seconds. What an event told lately is fresher than a row; else the row is right.
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

  // A row is written within milliseconds of its event, unless the database is slow.
  private static final Duration FRESHER_THAN_ROWS = Duration.ofSeconds(10);

  // A broadcast without a row is told of about once a second.
  private static final Duration GONE_WITHOUT_ROW = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final Duration endedKept;
  private final int capacity;

  private final Map<StreamId, StreamRecord> byId = new ConcurrentHashMap<>();
  private final Map<ChannelSlug, StreamId> latest = new ConcurrentHashMap<>();
  private final Map<StreamId, Heard> heard = new HashMap<>(); // guarded by this
  private long started; // guarded by this

  /// When events told of a stream last.
  ///
  /// @param any of them
  /// @param state or those that say how the stream stands
  private record Heard(Instant any, Instant state) {}

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
          update(e, record -> record.with(LadderRecord.after(record.ladder(), e)));
      case StreamEvent.BitrateAdapted e -> updateLadder(e, ladder -> ladder.adapted(e));
      case StreamEvent.RungsFailed e -> updateLadder(e, ladder -> ladder.failed(e));
      case StreamEvent.StreamMoved _,
          StreamEvent.StreamStopRequested _, // what comes of it is told
          StreamEvent.SegmentGenerated _,
          StreamEvent.RungStarted _,
          StreamEvent.RungMisaligned _,
          StreamEvent.ViewerEvent _ -> {} // what is in the store is not shown here
    }
  }

  /// The streams that are not over, as far as is known.
  synchronized Set<StreamId> liveIds() {
    return byId.values().stream()
        .filter(record -> !record.state().isOver())
        .map(StreamRecord::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Compares the records with rows of the database.
  ///
  /// @param asked the [#liveIds] of before it was asked
  /// @param rows of these, and of all others that are live; the first made first
  /// @param askedAt when it was asked
  synchronized void reconcile(Set<StreamId> asked, List<ChannelStream> rows, Instant askedAt) {
    for (ChannelStream row : rows) {
      StreamRecord known = byId.get(row.id());
      if (known == null) {
        add(row);
      } else if (!known.state().isOver()) {
        byId.put(row.id(), reconciled(known, row, askedAt));
      }
    }
    Set<StreamId> written =
        rows.stream().map(ChannelStream::id).collect(Collectors.toUnmodifiableSet());
    for (StreamId unwritten : asked) {
      StreamRecord record = byId.get(unwritten);
      if (!written.contains(unwritten)
          && record != null
          && isOlder(heardOf(record).any(), GONE_WITHOUT_ROW, askedAt)) {
        forget(record);
      }
    }
  }

  private void add(ChannelStream row) {
    if (row.state().isOver()) {
      return;
    }
    forgetExpired(clock.instant());
    if (byId.size() >= capacity && byId.values().stream().anyMatch(r -> r.state().isOver())) {
      forgetOne();
    }
    if (byId.size() < capacity) { // else all are live, and as good as this one
      put(StreamRecord.of(row, started++));
    }
  }

  private StreamRecord reconciled(StreamRecord known, ChannelStream row, Instant askedAt) {
    if (row.end().isPresent()) {
      return known.over(row.state(), row.end().get().at(), row.end().get().reason());
    }
    return isOlder(heardOf(known).state(), FRESHER_THAN_ROWS, askedAt) ? known.as(row) : known;
  }

  private Heard heardOf(StreamRecord record) {
    return heard.getOrDefault(record.id(), new Heard(Instant.MIN, Instant.MIN));
  }

  private static boolean isOlder(Instant at, Duration than, Instant now) {
    return at.isBefore(now.minus(than));
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
    put(StreamRecord.started(event.stream(), event.channel(), started++, event.at()));
    hear(event);
  }

  private void put(StreamRecord record) {
    byId.put(record.id(), record);
    latest.put(record.channel(), record.id());
  }

  private void hear(StreamEvent event) {
    Instant now = clock.instant();
    Heard before = heard.get(event.stream());
    boolean ofState = !(event instanceof StreamEvent.StreamMeasured);
    heard.put(event.stream(), new Heard(now, before == null || ofState ? now : before.state()));
  }

  private void update(StreamEvent event, UnaryOperator<StreamRecord> change) {
    StreamRecord record = byId.get(event.stream());
    if (record != null && !record.state().isOver()) {
      byId.put(record.id(), change.apply(record));
      hear(event);
    }
  }

  private void updateLadder(StreamEvent event, UnaryOperator<LadderRecord> change) {
    update(
        event,
        record -> record.ladder() == null ? record : record.with(change.apply(record.ladder())));
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
    heard.remove(record.id());
    latest.remove(record.channel(), record.id());
  }
}
