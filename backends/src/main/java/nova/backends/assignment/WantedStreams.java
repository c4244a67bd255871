package nova.backends.assignment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.backends.redis.AnnouncedStream;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// Which streams somebody has to carry: those that are received, and those whose playlists their
/// node did not bring to an end.
///
/// *Confined to the thread that looks for streams*, but for [#started].
final class WantedStreams {
  // Until the ingest node that said so has announced the stream.
  private static final Duration STARTED_FOR = Duration.ofSeconds(3);

  // Longer than a stream waits for its broadcaster, and than another ingest node needs to adopt it.
  private static final Duration ABANDONED_AFTER = Duration.ofSeconds(60);

  private final TimelineStore timelines;
  private final EndedStreams ended;
  private final NanoClock clock;
  private final ConcurrentMap<StreamId, Started> started = new ConcurrentHashMap<>();
  private final Map<StreamId, Long> unannouncedSinceNs = new HashMap<>();

  private record Started(AnnouncedStream stream, long atNs) {}

  WantedStreams(TimelineStore timelines, EndedStreams ended, NanoClock clock) {
    this.timelines = timelines;
    this.ended = ended;
    this.clock = clock;
  }

  /// A stream was said to start; from any thread.
  void started(AnnouncedStream stream) {
    started.put(stream.stream(), new Started(stream, clock.nanoTime()));
  }

  /// All of them, the oldest first.
  ///
  /// @param announced streams that are received
  /// @param carried by this node; some may have no timeline yet
  List<AnnouncedStream> of(List<AnnouncedStream> announced, Set<StreamId> carried) {
    long now = clock.nanoTime();
    started.values().removeIf(one -> now - one.atNs > STARTED_FOR.toNanos());
    Map<StreamId, AnnouncedStream> received = new LinkedHashMap<>();
    started.forEach((stream, one) -> received.put(stream, one.stream));
    announced.forEach(stream -> received.put(stream.stream(), stream));
    List<AnnouncedStream> wanted = new ArrayList<>();
    for (AnnouncedStream stream : received.values()) {
      if (!ended.has(stream.stream()) && !hasEndedTimeline(stream.stream())) {
        wanted.add(stream);
      }
    }
    rememberUnannounced(received.keySet(), carried, now);
    wanted.addAll(left(now));
    wanted.sort(
        Comparator.comparing(AnnouncedStream::startedAt)
            .thenComparing(stream -> stream.stream().value()));
    return wanted;
  }

  private boolean hasEndedTimeline(StreamId stream) {
    return timelines.find(stream).flatMap(TimelineSnapshot::endedAt).isPresent();
  }

  /// Those that are over, or must be, and whose timelines are not.
  private List<AnnouncedStream> left(long now) {
    List<AnnouncedStream> left = new ArrayList<>();
    for (TimelineSnapshot timeline : timelines.all()) {
      StreamId stream = timeline.stream();
      if (timeline.endedAt().isEmpty() && (ended.has(stream) || isAbandoned(stream, now))) {
        left.add(new AnnouncedStream(stream, timeline.channel(), timeline.startedAt()));
      }
    }
    return left;
  }

  private void rememberUnannounced(Set<StreamId> received, Set<StreamId> carried, long now) {
    Set<StreamId> unannounced = new HashSet<>(carried);
    timelines.all().forEach(timeline -> unannounced.add(timeline.stream()));
    unannounced.removeAll(received);
    unannounced.removeIf(this::hasEndedTimeline);
    unannounced.forEach(stream -> unannouncedSinceNs.putIfAbsent(stream, now));
    unannouncedSinceNs.keySet().retainAll(unannounced);
  }

  private boolean isAbandoned(StreamId stream, long now) {
    Long since = unannouncedSinceNs.get(stream);
    return since != null && now - since >= ABANDONED_AFTER.toNanos();
  }

  /// Whether nobody receives a stream any more, although nobody said that it is over.
  boolean isAbandoned(StreamId stream) {
    return !ended.has(stream) && isAbandoned(stream, clock.nanoTime());
  }

  /// What is announced is not known.
  void forget() {
    unannouncedSinceNs.clear();
  }
}
