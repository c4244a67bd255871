package nova.segments;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// Copies complete segments of a packager into a folder, behind it, and then a timeline of them,
/// for delivery to go on while what is shared otherwise is away.
///
/// The packager never waits: that a stream has a new complete segment is queued, at most once per
/// stream, and one thread writes. A listed segment that the store no longer has is listed as a gap.
/// Files that are too old or too many are removed twice a minute.
///
/// *Thread-safe.*
public final class DiskMediaWriter implements AutoCloseable {
  private static final Duration SWEEP_EVERY = Duration.ofSeconds(30);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  private final SegmentFolder folder;
  private final DiskMediaConfig config;
  private final TimelineStore timelines;
  private final SegmentStore segments;
  private final PosterStore posters;
  private final Function<StreamId, OptionalLong> tokens;
  private final DiskMetrics metrics;
  private final InstantSource clock;

  private final BlockingQueue<StreamId> changed = new LinkedBlockingQueue<>();
  private final Set<StreamId> queued = ConcurrentHashMap.newKeySet();
  private final Map<StreamId, Written> written = new ConcurrentHashMap<>(); // put by the thread
  private final TimelineStore.Registration registration;
  private final Thread thread;
  private volatile boolean working;
  private volatile boolean closing;

  private DiskMediaWriter(
      Path folder,
      DiskMediaConfig config,
      TimelineStore timelines,
      SegmentStore segments,
      PosterStore posters,
      Function<StreamId, OptionalLong> tokens,
      DiskMetrics metrics,
      InstantSource clock,
      ThreadFactory threads) {
    this.folder = new SegmentFolder(folder);
    this.config = config;
    this.timelines = timelines;
    this.segments = segments;
    this.posters = posters;
    this.tokens = tokens;
    this.metrics = metrics;
    this.clock = clock;
    this.registration = timelines.listen(this::onChange);
    this.thread = threads.newThread(this::run);
    thread.setName("disk-media");
  }

  /// Starts to copy.
  ///
  /// @param timelines of the packager, which keeps its output in `segments`
  /// @param tokens of the leases under which this node carries streams; empty for others, which are
  ///   not copied
  /// @param threads makes the thread that writes
  public static DiskMediaWriter start(
      Path folder,
      DiskMediaConfig config,
      TimelineStore timelines,
      SegmentStore segments,
      PosterStore posters,
      Function<StreamId, OptionalLong> tokens,
      DiskMetrics metrics,
      InstantSource clock,
      ThreadFactory threads) {
    DiskMediaWriter writer =
        new DiskMediaWriter(
            folder, config, timelines, segments, posters, tokens, metrics, clock, threads);
    writer.thread.start();
    return writer;
  }

  /// Whether nothing is left to write.
  public boolean isIdle() {
    return queued.isEmpty() && !working;
  }

  private void onChange(TimelineSnapshot snapshot) {
    StreamId stream = snapshot.stream();
    if (tokens.apply(stream).isPresent() && queued.add(stream)) {
      changed.add(stream);
    }
  }

  private void run() {
    Instant sweepAt = clock.instant();
    try {
      while (!closing) {
        if (!clock.instant().isBefore(sweepAt)) {
          sweepAt = clock.instant().plus(SWEEP_EVERY);
          sweep();
        }
        StreamId next = changed.poll(1, TimeUnit.SECONDS);
        if (next != null) {
          copyNow(next);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the process ends
    }
  }

  /// The streams of which it is known what was written.
  Set<StreamId> known() {
    return Set.copyOf(written.keySet());
  }

  private void sweep() {
    try {
      written.entrySet().removeIf(stream -> !isCarried(stream.getKey(), stream.getValue().token));
      metrics.size(folder.sweep(config.size().bytes(), clock.instant().minus(config.age())));
    } catch (IOException | RuntimeException | Error e) {
      metrics.failed(e);
    }
  }

  /// Of a stream that went to another node nothing is queued any more.
  private boolean isCarried(StreamId stream, long token) {
    return tokens.apply(stream).equals(OptionalLong.of(token));
  }

  private void copyNow(StreamId stream) {
    working = true;
    queued.remove(stream); // whatever changes from here on is queued again
    try {
      OptionalLong token = tokens.apply(stream);
      Optional<TimelineSnapshot> snapshot = timelines.find(stream);
      if (token.isEmpty()) {
        written.remove(stream); // lost to another node, which writes it now
      } else if (snapshot.isPresent()) {
        copy(snapshot.get(), token.getAsLong());
      } else {
        written.remove(stream);
        folder.removeStream(stream, token.getAsLong());
      }
    } catch (IOException | RuntimeException | Error e) {
      metrics.failed(e); // one stream must not keep others from the disk
    } finally {
      working = false;
    }
  }

  private void copy(TimelineSnapshot snapshot, long token) throws IOException {
    Written known = written.get(snapshot.stream());
    if (known == null || known.token != token) {
      known = new Written(token, folder.of(snapshot.stream(), token));
      written.put(snapshot.stream(), known);
    }
    boolean isNews = known.state != snapshot.state();
    Set<SegmentKey> listed = new HashSet<>();
    List<RenditionTimeline> renditions = new ArrayList<>();
    for (RenditionTimeline rendition : whole(snapshot).renditions()) {
      List<TimelineSegment> segments = new ArrayList<>();
      for (TimelineSegment segment : rendition.segments()) {
        SegmentKey key =
            new SegmentKey(snapshot.stream(), rendition.id(), segment.epoch(), segment.number());
        if (!segment.gap() && !known.segments.contains(key) && put(known, key)) {
          isNews = true;
          known.segments.add(key);
        }
        listed.add(key);
        segments.add(known.segments.contains(key) ? segment : segment.asGap());
      }
      renditions.add(rendition.withSegments(segments));
    }
    known.segments.retainAll(listed);
    putPoster(known, snapshot.stream());
    if (isNews && !renditions.isEmpty()) {
      known.folder.putTimeline(snapshot.withRenditions(renditions));
      known.state = snapshot.state();
    }
  }

  /// @return whether it is in the folder; one of an earlier holder need not be in the store
  private boolean put(Written known, SegmentKey key) throws IOException {
    Optional<List<Bytes>> chunks = segments.segment(key);
    if (chunks.isEmpty()) {
      return folder
          .find(
              key.stream(), holder -> holder.hasSegment(key) ? Optional.of(true) : Optional.empty())
          .isPresent();
    }
    putInit(known, key);
    if (known.folder.putSegment(key, chunks.get())) {
      metrics.written(chunks.get().stream().mapToLong(Bytes::length).sum());
    }
    return true;
  }

  private void putInit(Written known, SegmentKey key) throws IOException {
    Optional<Bytes> init = segments.init(key.stream(), key.rendition(), key.epoch());
    Init name = new Init(key.rendition(), key.epoch());
    if (init.isPresent() && !known.inits.contains(name)) {
      boolean _ = known.folder.putInit(key.rendition(), key.epoch(), init.get());
      known.inits.add(name);
    }
  }

  private void putPoster(Written known, StreamId stream) throws IOException {
    Poster poster = posters.find(stream).orElse(null);
    if (poster != null && !poster.takenAt().equals(known.posterAt)) {
      known.folder.putPoster(poster);
      known.posterAt = poster.takenAt();
    }
  }

  /// A snapshot without what is not complete.
  static TimelineSnapshot whole(TimelineSnapshot snapshot) {
    List<RenditionTimeline> renditions = new ArrayList<>();
    for (RenditionTimeline rendition : snapshot.renditions()) {
      List<TimelineSegment> complete =
          rendition.segments().stream().filter(TimelineSegment::complete).toList();
      if (!complete.isEmpty()) {
        renditions.add(rendition.withSegments(complete));
      }
    }
    return snapshot.withRenditions(renditions);
  }

  /// What this holder put of one stream.
  private static final class Written {
    final long token;
    final HolderFolder folder;
    final Set<SegmentKey> segments = new HashSet<>(); // that are listed, and there
    final Set<Init> inits = new HashSet<>();
    TimelineSnapshot.@Nullable TimelineState state;
    @Nullable Instant posterAt;

    Written(long token, HolderFolder folder) {
      this.token = token;
      this.folder = folder;
    }
  }

  private record Init(RenditionId rendition, Epoch epoch) {}

  /// Writes no more; what was written stays.
  @Override
  public void close() {
    registration.close();
    closing = true;
    thread.interrupt();
    try {
      boolean _ = thread.join(STOP_TIMEOUT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
