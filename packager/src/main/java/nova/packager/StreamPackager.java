package nova.packager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import nova.core.Epoch;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import nova.framelog.RungEnd;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Packages one stream, from its first log entry until its media is forgotten: the source on this
/// thread, and its rungs each on its own. All of them take the stream's lock while they change the
/// timeline.
///
/// Whatever ends the source's thread ends the stream for viewers, also an [Error], such as no
/// memory for segments: nobody else would, as long as this node has the stream's lease.
///
/// *Confined to its own thread, except [#over], [#stop], [#rungs], [#published] and
/// [#finishSegment].*
final class StreamPackager implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(StreamPackager.class);

  // After the stream was reported over, silence of this length means that the log will not say so.
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  // Rungs are some tenths of a second behind when their source is over, and on a machine that is
  // too small some seconds, before a ladder is made easier: what is not waited for is a gap at the
  // end of the playlists, for good.
  private static final Duration RUNGS_TIMEOUT = Duration.ofSeconds(5);

  private final StreamId stream;
  private final PackagerConfig config;
  private final PackagerPorts ports;
  private final TimelineBuilder timeline;
  private final Publication publication;
  private final ReentrantLock lock = new ReentrantLock();
  private final StreamOutput output; // guarded by `lock`, as all that changes it
  private final StreamRungs rungs;
  private final CompletableFuture<Optional<List<RungEnd>>> published = new CompletableFuture<>();
  private volatile boolean reportedOver;
  private volatile boolean stopped;
  private boolean sourceOver;
  private @Nullable EpochPackager epoch;
  private Replay replay = Replay.NOTHING;
  private long skippedEntries;

  StreamPackager(StreamStarted started, PackagerConfig config, PackagerPorts ports) {
    this.stream = started.stream();
    this.config = config;
    this.ports = ports;
    this.timeline = new TimelineBuilder(stream, started.channel(), started.at(), config);
    this.output = StreamOutput.of(config, ports, timeline);
    this.publication = output.publication();
    this.rungs = new StreamRungs(output, lock);
  }

  /// The stream was reported over; the log normally says so too.
  void over() {
    reportedOver = true;
    rungs.freeze();
  }

  /// Ends the rungs' threads; this one's is interrupted next, and none says anything of an end.
  void stop() {
    stopped = true;
    rungs.stop();
  }

  /// The rungs of the stream.
  StreamRungs rungs() {
    return rungs;
  }

  /// How far another process published the rungs of the stream; empty when none packaged it.
  CompletableFuture<Optional<List<RungEnd>>> published() {
    return published;
  }

  /// Waits until the segment that the source is in is complete, also in the rungs, and packages
  /// nothing after it. The stream's lock may be held for longer than that, as long as what was
  /// published before cannot be read.
  ///
  /// @return whether it is complete
  boolean finishSegment(Duration limit) throws InterruptedException {
    long deadline = ports.nanoClock().nanoTime() + limit.toNanos();
    if (!lock.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      return false;
    }
    try {
      long last = timeline.lastOfSource();
      output.last().is(last);
      rungs.sourceAdvanced(); // those that wait for more need not
      return rungs.awaitComplete(last, Duration.ofNanos(deadline - ports.nanoClock().nanoTime()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    try {
      try {
        if (goOn()) {
          follow();
        }
      } catch (RuntimeException | Error e) {
        if (stopped) {
          log.atDebug().addKeyValue("stream", stream).setCause(e).log("packager was stopped");
          return;
        }
        giveUp(e);
      }
      ports.frames().remove(stream);
      Thread.sleep(timeline.leftOf(config.keepEnded(), ports.clock().instant()));
      forget();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // it goes on elsewhere, or the process ends
    } finally {
      rungs.stop();
      published.complete(Optional.empty());
    }
  }

  /// Goes on with what another process published, if one did.
  ///
  /// @return whether the stream is not over
  private boolean goOn() {
    Optional<TimelineSnapshot> before = ports.timelines().find(stream);
    if (before.isEmpty()) {
      published.complete(Optional.empty());
      return true;
    }
    Optional<Instant> endedAt = before.get().endedAt();
    if (endedAt.isPresent()) {
      timeline.ended(endedAt.get());
      return false;
    }
    lock.lock();
    try {
      Succession.Result taken = Succession.of(before.get(), output);
      replay = taken.replay();
      published.complete(Optional.of(taken.rungs()));
    } finally {
      lock.unlock();
    }
    ports.metrics().streamInherited();
    log.atInfo()
        .addKeyValue("stream", stream)
        .addKeyValue("version", before.get().version())
        .addKeyValue("from", replay.from())
        .log("packager goes on with a stream of another process");
    return true;
  }

  /// Logs may keep far more than what is cut again.
  private LogPosition position() {
    return replay.equals(Replay.NOTHING)
        ? LogPosition.EARLIEST
        : LogPosition.fromSegment(replay.from());
  }

  private void follow() throws InterruptedException {
    locked(publication::changed);
    try (FrameLogReader reader = ports.frames().openReader(stream, position())) {
      while (!sourceOver) {
        List<LogEntry> entries = reader.read(READ_TIMEOUT, partsDue());
        sourceOver = entries.isEmpty() && (reader.ended() || reportedOver);
        locked(
            () -> {
              entries.forEach(this::apply);
              rungs.settle();
              rungs.sourceAdvanced();
            });
        countSkipped(reader.skippedEntries());
      }
    }
    rungs.freeze();
    locked(this::finishEpoch);
    awaitRungs();
    locked(this::end);
  }

  /// Makes changes under the stream's lock, and then makes them public.
  private void locked(Runnable changes) {
    lock.lock();
    try {
      changes.run();
      publication.publish();
    } finally {
      lock.unlock();
    }
  }

  private PartsDue partsDue() {
    lock.lock();
    try {
      return epoch == null ? PartsDue.ANY : epoch.partsDue();
    } finally {
      lock.unlock();
    }
  }

  private void awaitRungs() throws InterruptedException {
    lock.lock();
    try {
      rungs.awaitEnd(RUNGS_TIMEOUT);
    } finally {
      lock.unlock();
    }
    rungs.stop();
  }

  private void apply(LogEntry entry) {
    switch (entry) {
      case EpochStarted started -> begin(started);
      case TrackFormatChanged(var track, var format) -> {
        if (epoch != null && !epoch.format(track, format)) {
          log.atWarn()
              .addKeyValue("stream", stream)
              .addKeyValue("track", track)
              .log("track is not packaged: only the first video and audio tracks are");
        }
      }
      case LoggedFrame frame -> {
        publication.arrivedAt(frame.arrivedAt());
        if (epoch != null && !epoch.add(frame)) {
          ports.metrics().framesDropped("no-rendition", 1);
        }
      }
      case EpochEnded(Epoch ended, EpochEnd end) -> {
        finishEpoch();
        boolean away = end == EpochEnd.CONNECTION_LOST || end == EpochEnd.TAKEN_OVER;
        if (away && !replay.wasOver(ended)) {
          timeline.state(TimelineState.RECONNECTING);
          publication.changed();
        }
      }
      case StreamClosed _ -> sourceOver = true;
    }
  }

  private void begin(EpochStarted started) {
    EpochPackager before = epoch;
    if (before != null && before.epoch().equals(started.epoch())) {
      return; // repeated by the log for a reader that fell behind
    }
    finishEpoch();
    if (replay.covers(started.epoch())) {
      EpochTimes known = output.epochs().find(started.epoch());
      epoch =
          known == null || replay.passesOver(started.epoch())
              ? null
              : new EpochPackager(known, output, replay);
      return;
    }
    output.gaps().fillSource(output.epochs().nextNumber());
    output.epochs().forgetBefore(timeline.firstListed());
    EpochTimes times = output.epochs().begin(started.epoch(), started.firstSegment());
    epoch = new EpochPackager(times, output, replay);
    timeline.state(TimelineState.LIVE);
    publication.changed();
  }

  private void finishEpoch() {
    if (epoch != null) {
      epoch.finish();
      long late = epoch.takeLateFrames();
      if (late > 0) {
        ports.metrics().framesDropped("too-late", late);
      }
    }
  }

  private void end() {
    output.gaps().fillAll();
    timeline.ended(ports.clock().instant());
    publication.changed();
  }

  private void countSkipped(long total) {
    if (total > skippedEntries) {
      long more = total - skippedEntries;
      skippedEntries = total;
      ports.metrics().framesDropped("log-overrun", more);
      log.atWarn()
          .addKeyValue("stream", stream)
          .addKeyValue("entries", more)
          .log("packager is too slow for the frame log; viewers miss media");
    }
  }

  private void giveUp(Throwable failure) {
    log.atWarn()
        .addKeyValue("stream", stream)
        .setCause(failure)
        .log("packaging failed; the stream ends for viewers");
    ports.metrics().streamFailed();
    rungs.stop();
    lock.lock();
    try {
      timeline.ended(ports.clock().instant());
      ports.timelines().put(timeline.snapshot());
    } finally {
      lock.unlock();
    }
    ports
        .events()
        .publish(
            new StreamError(
                stream,
                ports.clock().instant(),
                "packaging failed: %s".formatted(sentenceOf(failure)),
                Optional.empty()));
  }

  private static String sentenceOf(Throwable failure) {
    return Objects.requireNonNullElseGet(
        failure.getMessage(), () -> failure.getClass().getSimpleName());
  }

  private void forget() {
    ports.timelines().remove(stream);
    ports.segments().removeStream(stream);
  }
}
