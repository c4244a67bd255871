package nova.ingest.publish;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import nova.framelog.FrameLog;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogUnavailableException;
import nova.framelog.StreamLogWriter;
import nova.framelog.WriterFencedException;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.publish.StreamGrant.Release;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The streams that are live or wait for their broadcaster: at most one per channel.
///
/// ```
/// open ──▶ PENDING_INGEST ──first epoch──▶ ACTIVE ──lost──▶ RECONNECTING ──grace over──▶ ERROR
///                │ lost: ERROR               │  ▲               │
///                └──goodbye──▶ ENDED ◀───────┘  └────return─────┘
/// ```
///
/// A publisher that comes while another holds the channel's stream takes over: the holder is asked
/// to surrender, and when it has let go, the stream goes on with the newcomer. All steps, and the
/// publishing of all events, happen one after another on the thread of the streams; only logs are
/// opened elsewhere, because that may take a moment. A stream exists for others when its log is
/// open.
///
/// *Thread-safe.*
public final class LiveStreams implements StreamEvents.Subscriber {
  /// What a broadcaster is told whose stream failed in the server.
  public static final String FAILED =
      "The server could not process this stream any more and ended it; start it again.";

  private static final Logger log = LoggerFactory.getLogger(LiveStreams.class);

  // An id is handed out again only until control has heard of the stream that took it.
  private static final int PREPARED_REMEMBERED = 10_000;

  private static final String CAME_AFTER = "Another encoder with this key came after this one.";

  private final ReturnPolicy policy;
  private final RtmpLimits limits;
  private final FrameLog frameLog;
  private final StreamEvents events;
  private final IngestMetrics metrics;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final SerialScheduler thread;
  private final Executor blocking;

  private final Map<ChannelSlug, LiveStream> streams = new HashMap<>();
  private final LinkedHashSet<StreamId> begunAsPrepared = new LinkedHashSet<>();
  private boolean closing;
  private final CompletableFuture<Void> allOver = new CompletableFuture<>();

  public LiveStreams(
      ReturnPolicy policy,
      RtmpLimits limits,
      FrameLog frameLog,
      StreamEvents events,
      IngestMetrics metrics,
      InstantSource clock,
      RandomGenerator random,
      SerialScheduler thread,
      Executor blocking) {
    this.policy = policy;
    this.limits = limits;
    this.frameLog = frameLog;
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
    this.thread = thread;
    this.blocking = blocking;
  }

  /// Gets `publisher` its channel's stream; the answer comes through the publisher.
  public void open(Publisher publisher) {
    thread.execute(() -> enter(publisher));
  }

  /// Ends a stream for an operator. The encoder is told `reason`.
  ///
  /// @return whether the stream was live or waiting
  public CompletionStage<Boolean> stop(StreamId id, String reason) {
    CompletableFuture<Boolean> found = new CompletableFuture<>();
    thread.execute(
        () -> {
          List<LiveStream> matching =
              streams.values().stream().filter(stream -> stream.id().equals(id)).toList();
          matching.forEach(stream -> stopNow(stream, reason));
          found.complete(!matching.isEmpty());
        });
    return found;
  }

  /// Ends the streams of whoever publishes with a key, or did and is awaited; and refuses who waits
  /// for a stream with it. Encoders are told `reason`.
  public void dropKey(StreamKeyId key, String reason) {
    Optional<StreamKeyId> dropped = Optional.of(key);
    thread.execute(
        () -> {
          for (LiveStream stream : List.copyOf(streams.values())) {
            Publisher successor = stream.successor;
            if (successor != null && successor.key().equals(dropped)) {
              stream.successor = null;
              successor.refused("stream-stopped", reason);
            }
            Publisher applicant = stream.applicant;
            boolean dismissed = applicant != null && applicant.key().equals(dropped);
            if (dismissed) {
              dismissApplicant(stream, reason);
            }
            // it is let go by its holder, or was, for who has another key
            boolean letGo = stream.successor != null || stream.applicant != null;
            if (!letGo && stream.key.equals(dropped)) {
              stopNow(stream, reason);
            } else if (dismissed) {
              leftAlone(stream, reason);
            }
          }
        });
  }

  /// Ends all streams and lets none begin; complete when the last one is over.
  public CompletionStage<Void> close(String reason) {
    thread.execute(
        () -> {
          closing = true;
          new ArrayList<>(streams.values()).forEach(stream -> stopNow(stream, reason));
          completeWhenEmpty();
        });
    return allOver;
  }

  /// Ends a stream that a stage reports as failed; what is reported from here has its health.
  @Override
  public void onEvent(StreamEvent event) {
    if (event instanceof StreamError error && error.health().isEmpty()) {
      thread.execute(() -> failed(error.stream()));
    }
  }

  void report(Runnable step) {
    thread.execute(step);
  }

  private void enter(Publisher publisher) {
    if (closing) {
      publisher.refused("shutting-down", "The server is shutting down, try again in a moment.");
      return;
    }
    LiveStream stream = streams.get(publisher.channel());
    if (stream == null) {
      begin(publisher);
    } else if (stream.applicant != null) {
      stream.applicant.refused("taken-over", CAME_AFTER);
      stream.applicant = publisher;
    } else if (stream.holder == null) {
      resume(stream, publisher);
    } else {
      takeOver(stream, stream.holder, publisher);
    }
  }

  private void begin(Publisher publisher) {
    LiveStream stream =
        new LiveStream(
            idFor(publisher), publisher.channel(), new HealthMeter(metrics, limits), events, clock);
    streams.put(publisher.channel(), stream);
    openLog(stream, publisher);
  }

  private void openLog(LiveStream stream, Publisher applicant) {
    stream.applicant = applicant;
    blocking.execute(
        () -> {
          try {
            StreamLogWriter writer = new StreamLogWriter(frameLog.openWriter(stream.id()));
            thread.execute(() -> opened(stream, writer));
          } catch (LogUnavailableException e) {
            thread.execute(() -> notOpened(stream, e.sentence()));
          } catch (RuntimeException e) {
            log.atError().addKeyValue("stream", stream.id()).setCause(e).log("log not opened");
            thread.execute(() -> notOpened(stream, "The server failed, try again in a moment."));
          }
        });
  }

  private void opened(LiveStream stream, StreamLogWriter writer) {
    Publisher applicant = stream.applicant;
    stream.applicant = null;
    if (applicant == null) { // it was stopped meanwhile
      if (!stream.started) {
        frameLog.remove(stream.id()); // and its id is not used again
      }
      return;
    }
    stream.log = writer;
    if (stream.started) {
      resumed(stream, applicant);
    } else {
      started(stream, applicant);
    }
    grant(stream, writer, applicant);
  }

  private void notOpened(LiveStream stream, String sentence) {
    Publisher applicant = stream.applicant;
    stream.applicant = null;
    if (applicant != null) {
      applicant.failed("log-unavailable", sentence);
    }
    if (!stream.started) {
      begunAsPrepared.remove(stream.id()); // as if it had never been asked for
    }
    leftAlone(stream, sentence);
  }

  /// Nobody holds the stream, nor waits until its log is open.
  private void leftAlone(LiveStream stream, String reason) {
    if (!stream.started) {
      forget(stream);
    } else if (!stream.state.isOver() && stream.graceEnd == null) {
      await(stream, reason);
    }
  }

  /// Nobody has heard of it yet.
  private void forget(LiveStream stream) {
    if (streams.remove(stream.channel(), stream)) {
      completeWhenEmpty();
    }
  }

  private void started(LiveStream stream, Publisher publisher) {
    stream.started = true;
    metrics.streamStarted();
    publish(
        new StreamStarted(
            stream.id(),
            clock.instant(),
            publisher.channel(),
            publisher.remoteAddress(),
            publisher.encoder(),
            publisher.key()));
    log.atInfo()
        .addKeyValue("stream", stream.id())
        .addKeyValue("channel", publisher.channel())
        .addKeyValue("remote", publisher.remoteAddress())
        .log("stream started");
  }

  /// The prepared id, unless a stream had it already: two publishers may be told the same one.
  private StreamId idFor(Publisher publisher) {
    Optional<StreamId> prepared = publisher.prepared().filter(begunAsPrepared::add);
    if (begunAsPrepared.size() > PREPARED_REMEMBERED) {
      StreamId _ = begunAsPrepared.removeFirst();
    }
    return prepared.orElseGet(() -> StreamId.random(random));
  }

  private void resume(LiveStream stream, Publisher publisher) {
    StreamLogWriter writer = stream.log;
    if (writer == null || writer.isUnavailable()) {
      openLog(stream, publisher);
    } else {
      resumed(stream, publisher);
      grant(stream, writer, publisher);
    }
  }

  private void resumed(LiveStream stream, Publisher publisher) {
    stream.stopWaiting();
    metrics.streamResumed();
    publish(
        new StreamResumed(
            stream.id(),
            clock.instant(),
            publisher.remoteAddress(),
            publisher.encoder(),
            publisher.key()));
    log.atInfo()
        .addKeyValue("stream", stream.id())
        .addKeyValue("remote", publisher.remoteAddress())
        .log("broadcaster returned");
  }

  private void grant(LiveStream stream, StreamLogWriter writer, Publisher publisher) {
    StreamGrant grant = new StreamGrant(this, stream, writer);
    stream.holder = publisher;
    stream.grant = grant;
    stream.key = publisher.key();
    publisher.granted(grant);
  }

  private void takeOver(LiveStream stream, Publisher holder, Publisher newcomer) {
    if (!stream.takeover(policy.takeoversPerMinute())) {
      newcomer.refused(
          "too-many-takeovers",
          "This key is already publishing and was taken over %d times within a minute; stop the other encoder, or wait a minute."
              .formatted(policy.takeoversPerMinute()));
      return;
    }
    Publisher waiting = stream.successor;
    stream.successor = newcomer;
    if (waiting != null) {
      waiting.refused("taken-over", CAME_AFTER);
      return; // the holder was asked already
    }
    String sentence =
        "Another encoder at %s started to publish with this key and took over."
            .formatted(newcomer.remoteAddress());
    holder.surrender(EpochEnd.TAKEN_OVER, new Release.Lost(sentence), "taken-over");
  }

  void released(LiveStream stream, StreamGrant by, Release how) {
    if (stream.grant != by) {
      return; // of an earlier holder
    }
    stream.holder = null;
    stream.grant = null;
    Publisher successor = stream.successor;
    stream.successor = null;
    Release verdict = stream.verdict;
    if (verdict != null) {
      endFor(stream, successor, verdict instanceof Release.Finished, verdict.reason());
      return;
    }
    switch (how) {
      case Release.Finished(String reason) when successor == null -> end(stream, true, reason);
      case Release.Lost(String reason)
          when successor == null && stream.state == StreamState.PENDING_INGEST ->
          end(stream, false, reason + " It had not sent any media.");
      case Release.Lost(String reason) when successor == null -> await(stream, reason);
      case Release.Failed(String reason) -> endFor(stream, successor, false, reason);
      case Release.Finished _, Release.Lost _ -> {
        if (successor != null) {
          resume(stream, successor);
        }
      }
    }
  }

  /// Ends a stream, and lets who waited to take it over begin another.
  private void endFor(
      LiveStream stream, @Nullable Publisher successor, boolean graceful, String reason) {
    end(stream, graceful, reason);
    if (successor != null) {
      enter(successor);
    }
  }

  private void await(LiveStream stream, String reason) {
    if (closing) {
      end(stream, false, reason);
      return;
    }
    Duration grace = policy.grace();
    Instant now = clock.instant();
    stream.state = StreamState.RECONNECTING;
    stream.graceEnd =
        thread.schedule(
            grace,
            () -> {
              stream.graceEnd = null;
              Publisher applicant = stream.applicant; // came in time, but its log did not open
              stream.applicant = null;
              endFor(
                  stream,
                  applicant,
                  false,
                  "%s The broadcaster did not return within %d s."
                      .formatted(reason, grace.toSeconds()));
            });
    publish(new StreamRecovering(stream.id(), now, reason, now.plus(grace)));
    log.atInfo().addKeyValue("stream", stream.id()).log("broadcaster lost: {}", reason);
  }

  private void stopNow(LiveStream stream, String reason) {
    Publisher successor = stream.successor;
    stream.successor = null;
    if (successor != null) {
      successor.refused("stream-stopped", reason);
    }
    dismissApplicant(stream, reason);
    Publisher holder = stream.holder;
    if (!stream.started) {
      forget(stream);
    } else if (holder == null) {
      end(stream, true, reason);
    } else {
      Release stopped = new Release.Finished(reason);
      stream.judge(stopped);
      holder.surrender(EpochEnd.FINISHED, stopped, "stream-stopped");
    }
  }

  /// A stage cannot carry a stream on: who returned to it would write what nobody reads.
  private void failed(StreamId id) {
    for (LiveStream stream : List.copyOf(streams.values())) {
      if (stream.id().equals(id) && stream.started) {
        Publisher holder = stream.holder;
        if (holder == null) {
          Publisher applicant = stream.applicant;
          stream.applicant = null;
          endFor(stream, applicant, false, FAILED);
        } else {
          Release failed = new Release.Failed(FAILED);
          stream.judge(failed);
          holder.surrender(EpochEnd.CONNECTION_LOST, failed, "stream-failed");
        }
      }
    }
  }

  private static void dismissApplicant(LiveStream stream, String reason) {
    Publisher applicant = stream.applicant;
    stream.applicant = null;
    if (applicant != null) {
      applicant.refused("stream-stopped", reason);
    }
  }

  private void end(LiveStream stream, boolean graceful, String reason) {
    stream.stopWaiting();
    stream.state = graceful ? StreamState.ENDED_GRACEFULLY : StreamState.ERROR;
    streams.remove(stream.channel());
    StreamLogWriter writer = stream.log;
    try {
      if (writer != null && !writer.isUnavailable()) {
        writer.closeStream(graceful, reason);
      }
    } catch (LogUnavailableException e) {
      log.atWarn().addKeyValue("stream", stream.id()).log("not closed: {}", e.sentence());
    } catch (WriterFencedException e) {
      log.atWarn().addKeyValue("stream", stream.id()).log("stream given up: {}", e.getMessage());
      if (!e.isRemoved()) { // another server carries the stream now and reports its end
        metrics.streamEnded();
        completeWhenEmpty();
        return;
      }
    }
    Instant now = clock.instant();
    StreamHealth health = stream.health().health(); // nobody holds the stream, so nobody counts
    publish(
        graceful
            ? new StreamEnded(stream.id(), now, reason, health)
            : new StreamError(stream.id(), now, reason, Optional.of(health)));
    metrics.streamEnded();
    log.atInfo()
        .addKeyValue("stream", stream.id())
        .addKeyValue("graceful", graceful)
        .addKeyValue("frames", health.receivedFrames())
        .addKeyValue("bytes", health.receivedBytes())
        .log("stream over: {}", reason);
    if (writer != null && writer.isUnavailable()) {
      closeLate(stream.id(), graceful, reason);
    }
    thread.schedule(policy.keepLog(), () -> frameLog.remove(stream.id()));
    completeWhenEmpty();
  }

  /// Tries once more to tell readers of the log; they hear the event too.
  private void closeLate(StreamId id, boolean graceful, String reason) {
    blocking.execute(
        () -> {
          try {
            new StreamLogWriter(frameLog.openWriter(id)).closeStream(graceful, reason);
          } catch (LogUnavailableException | WriterFencedException e) {
            log.atDebug().addKeyValue("stream", id).setCause(e).log("not closed");
          }
        });
  }

  private void completeWhenEmpty() {
    if (closing && streams.isEmpty()) {
      allOver.complete(null);
    }
  }

  private void publish(StreamEvent event) {
    events.publish(event);
  }
}
