package nova.ingest.publish;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import nova.core.ChannelSlug;
import nova.core.StreamEvents;
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

/// The steps in the lives of the streams that are here, one per channel: how a publisher gets a
/// stream, what comes of one that is let go of, and how one stops being here.
///
/// ```
/// open ──▶ PENDING_INGEST ──first epoch──▶ ACTIVE ──lost──▶ RECONNECTING ──grace over──▶ ERROR
///                │ lost: ERROR               │  ▲               │
///                └──goodbye──▶ ENDED ◀───────┘  └────return─────┘
/// ```
///
/// *Confined to the thread of the streams*, but for [#report] and [#allOver].
final class StreamSteps {
  private static final Logger log = LoggerFactory.getLogger(StreamSteps.class);

  private final ReturnPolicy policy;
  private final RtmpLimits limits;
  private final StreamLogs logs;
  private final StreamEvents events;
  private final IngestMetrics metrics;
  private final InstantSource clock;
  private final SerialScheduler thread;
  private final ClaimDesk desk;
  private final PreparedIds ids;
  private final StreamReports reports;

  private final Map<ChannelSlug, LiveStream> streams = new HashMap<>();
  private boolean closing;
  private final CompletableFuture<Void> allOver = new CompletableFuture<>();

  StreamSteps(
      ReturnPolicy policy,
      RtmpLimits limits,
      FrameLog frameLog,
      ChannelClaims claims,
      StreamEvents events,
      IngestMetrics metrics,
      InstantSource clock,
      RandomGenerator random,
      SerialScheduler thread,
      Executor blocking) {
    this.policy = policy;
    this.limits = limits;
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
    this.ids = new PreparedIds(random);
    this.reports = new StreamReports(events, metrics, clock);
    this.thread = thread;
    this.logs = new StreamLogs(frameLog, blocking, thread);
    this.desk = new ClaimDesk(claims, policy, clock, thread, ids, new ClaimAnswers(this));
  }

  /// Where channels that are not here are asked for.
  ClaimDesk desk() {
    return desk;
  }

  /// The streams of now, for whoever changes them meanwhile.
  List<LiveStream> all() {
    return List.copyOf(streams.values());
  }

  boolean has(ChannelSlug channel) {
    return streams.containsKey(channel);
  }

  /// Lets no stream begin from now on.
  void close(String sentence) {
    closing = true;
    desk.stop(sentence);
  }

  /// Complete when no stream is here any more after [#close]; any thread may ask.
  CompletionStage<Void> allOver() {
    return allOver;
  }

  /// Takes note of what a publisher did; of any thread.
  void report(Runnable step) {
    thread.execute(step);
  }

  /// A stream begins for who has its channel.
  LiveStream begin(ChannelClaim claim, Publisher publisher) {
    LiveStream stream = new LiveStream(claim, new HealthMeter(metrics, limits), events, clock);
    streams.put(stream.channel(), stream);
    openLog(stream, publisher);
    return stream;
  }

  /// A stream of another server goes on here.
  ///
  /// @param publisher null when its broadcaster is awaited
  LiveStream goOn(ChannelClaim claim, ClaimedStream before, @Nullable Publisher publisher) {
    ClaimStatus status = before.status();
    HealthMeter health = new HealthMeter(metrics, limits, status.health());
    LiveStream stream = new LiveStream(claim, health, events, clock);
    stream.restore(status);
    streams.put(stream.channel(), stream);
    reports.came(stream, before.node());
    if (stream.state == StreamState.PENDING_INGEST) {
      endFor(stream, publisher, false, StreamSentences.withoutMedia(StreamSentences.SERVER_GONE));
    } else if (publisher != null) {
      openLog(stream, publisher);
    } else {
      await(
          stream,
          clock.instant(),
          stream.lostSince(before.renewedAt()),
          StreamSentences.SERVER_GONE);
    }
    return stream;
  }

  /// Gets a publisher its channel's stream.
  void enter(Publisher publisher) {
    if (closing) {
      publisher.refused("shutting-down", StreamSentences.SHUTTING_DOWN);
      return;
    }
    LiveStream stream = streams.get(publisher.channel());
    if (stream == null) {
      desk.claim(publisher);
    } else if (stream.opening) {
      stream.refuseApplicant("taken-over", StreamSentences.CAME_AFTER);
      stream.applicant = publisher;
    } else if (stream.holder == null) {
      resume(stream, publisher);
    } else {
      takeOver(stream, stream.holder, publisher);
    }
  }

  private void openLog(LiveStream stream, Publisher applicant) {
    stream.applicant = applicant;
    stream.opening = true;
    stream.tell();
    logs.open(
        stream.id(), writer -> opened(stream, writer), sentence -> notOpened(stream, sentence));
  }

  private void opened(LiveStream stream, StreamLogWriter writer) {
    Publisher applicant = stream.takeApplicant();
    stream.opening = false;
    if (applicant == null || stream.wantedElsewhere) {
      if (!stream.started) {
        logs.remove(stream.id()); // and its id is not used again
      }
      leftAlone(stream, "The broadcaster left.");
      if (applicant != null) {
        enter(applicant); // it came after who wants the stream
      }
      return;
    }
    stream.log = writer;
    if (stream.started) {
      stream.stopWaiting();
      reports.resumed(stream, applicant);
    } else {
      stream.started = true;
      reports.started(stream, applicant);
    }
    StreamGrant grant = new StreamGrant(this, stream, writer);
    stream.held(applicant, grant);
    applicant.granted(grant);
  }

  private void notOpened(LiveStream stream, String sentence) {
    stream.opening = false;
    stream.failWaiting("log-unavailable", sentence);
    if (!stream.started) {
      ids.unused(stream.id()); // as if it had never been asked for
    }
    leftAlone(stream, sentence);
  }

  /// Nobody holds the stream, nor waits until its log is open.
  void leftAlone(LiveStream stream, String reason) {
    if (!isHere(stream)) {
      return; // it is over, or was forgotten
    }
    if (!stream.started) {
      forget(stream);
    } else if (stream.wantedElsewhere) {
      leave(stream);
    } else if (closing && desk.isShared()) {
      handAway(stream, reason);
    } else if (stream.graceEnd == null) {
      Instant now = clock.instant();
      await(stream, now, stream.lostSince(now), reason);
    } else {
      stream.tell();
    }
  }

  /// Nobody has heard of it yet.
  void forget(LiveStream stream) {
    if (streams.remove(stream.channel(), stream)) {
      desk.end(stream.claim());
      completeWhenEmpty();
    }
  }

  /// Whether it is, and is not over nor forgotten.
  boolean isHere(LiveStream stream) {
    return streams.get(stream.channel()) == stream;
  }

  private void resume(LiveStream stream, Publisher publisher) {
    StreamLogWriter writer = stream.log;
    if (writer == null || writer.isUnavailable()) {
      openLog(stream, publisher);
    } else {
      stream.applicant = publisher;
      opened(stream, writer);
    }
  }

  private void takeOver(LiveStream stream, Publisher holder, Publisher newcomer) {
    if (!stream.takeover(policy.takeoversPerMinute())) {
      newcomer.refused(
          "too-many-takeovers", StreamSentences.tooManyTakeovers(policy.takeoversPerMinute()));
      return;
    }
    Publisher waiting = stream.successor;
    stream.successor = newcomer;
    if (waiting != null) {
      waiting.refused("taken-over", StreamSentences.CAME_AFTER);
      return; // the holder was asked already
    }
    holder.surrender(
        EpochEnd.TAKEN_OVER,
        new Release.Lost(StreamSentences.takenOver(newcomer.remoteAddress())),
        "taken-over");
  }

  /// A publisher gave its grant back.
  void released(LiveStream stream, StreamGrant by, Release how) {
    if (stream.grant != by) {
      return; // of an earlier holder
    }
    stream.holder = null;
    stream.grant = null;
    Publisher successor = stream.takeSuccessor();
    if (!isHere(stream)) {
      return; // it went to another server
    }
    Release verdict = stream.verdict;
    if (verdict != null) {
      endFor(stream, successor, verdict instanceof Release.Finished, verdict.reason());
      return;
    }
    switch (how) {
      case Release.Failed(String reason) -> endFor(stream, successor, false, reason);
      case Release.TakenElsewhere _ -> leaveFor(stream, successor);
      case Release.Finished _, Release.Lost _, Release.HandedOver _ when stream.wantedElsewhere -> {
        if (stream.state == StreamState.PENDING_INGEST) {
          endFor(stream, successor, false, StreamSentences.withoutMedia(how.reason()));
        } else {
          leaveFor(stream, successor);
        }
      }
      case Release.Finished _, Release.Lost _, Release.HandedOver _ when successor != null ->
          resume(stream, successor);
      case Release.Finished(String reason) when !stream.draining -> end(stream, true, reason);
      case Release.Finished _, Release.Lost _, Release.HandedOver _ -> lose(stream, how.reason());
    }
  }

  private void lose(LiveStream stream, String reason) {
    if (stream.state == StreamState.PENDING_INGEST) {
      end(stream, false, StreamSentences.withoutMedia(reason));
    } else if (closing && desk.isShared()) {
      handAway(stream, reason);
    } else if (closing) {
      end(stream, false, reason);
    } else {
      Instant now = clock.instant();
      await(stream, now, now, reason);
    }
  }

  /// Ends a stream, and lets who waited to take it over begin another.
  void endFor(LiveStream stream, @Nullable Publisher successor, boolean graceful, String reason) {
    end(stream, graceful, reason);
    if (successor != null) {
      enter(successor);
    }
  }

  /// Lets a stream that another server wants go there, and who waits for it here ask anew.
  private void leaveFor(LiveStream stream, @Nullable Publisher successor) {
    leave(stream);
    if (successor != null) {
      enter(successor);
    }
  }

  private void await(LiveStream stream, Instant now, Instant lostAt, String reason) {
    Duration grace = policy.grace();
    Instant graceUntil = lostAt.plus(grace);
    Duration left = Duration.between(now, graceUntil);
    String notReturned =
        "%s The broadcaster did not return within %d s.".formatted(reason, grace.toSeconds());
    stream.lost(lostAt);
    if (!left.isPositive()) {
      end(stream, false, notReturned);
      return;
    }
    stream.graceEnd =
        thread.schedule(
            left,
            () -> {
              stream.graceEnd = null;
              Publisher applicant = stream.takeApplicant(); // in time, but its log did not open
              endFor(stream, applicant, false, notReturned);
            });
    reports.recovering(stream, now, reason, graceUntil);
  }

  /// Lets a stream whose broadcaster is gone wait at another server.
  private void handAway(LiveStream stream, String reason) {
    if (!stream.isLost()) {
      Instant now = clock.instant();
      stream.lost(now);
      reports.recovering(stream, now, reason, now.plus(policy.grace()));
    }
    leave(stream);
  }

  /// The stream goes on at another server, and nothing is said of its end.
  void leave(LiveStream stream) {
    stream.stopWaiting();
    stream.gone = true;
    streams.remove(stream.channel(), stream);
    reports.left(stream);
    desk.handOver(stream.claim());
    completeWhenEmpty();
  }

  /// The stream is over.
  void end(LiveStream stream, boolean graceful, String reason) {
    stream.stopWaiting();
    stream.state = graceful ? StreamState.ENDED_GRACEFULLY : StreamState.ERROR;
    streams.remove(stream.channel(), stream);
    StreamLogWriter writer = stream.log;
    boolean useless = writer == null || writer.isUnavailable();
    try {
      if (writer != null && !useless) {
        writer.closeStream(graceful, reason);
      }
    } catch (LogUnavailableException e) {
      useless = true;
      log.atWarn().addKeyValue("stream", stream.id()).log("not closed: {}", e.sentence());
    } catch (WriterFencedException e) {
      log.atWarn().addKeyValue("stream", stream.id()).log("stream given up: {}", e.getMessage());
      if (!e.isRemoved()) { // another server carries the stream now and reports its end
        leave(stream);
        return;
      }
    }
    reports.ended(stream, graceful, reason);
    if (useless) {
      logs.close(stream.id(), graceful, reason);
    }
    thread.schedule(policy.keepLog(), () -> logs.remove(stream.id()));
    desk.end(stream.claim());
    completeWhenEmpty();
  }

  /// After [#close]: says that all is over, if so.
  void completeWhenEmpty() {
    if (closing && streams.isEmpty()) {
      desk.whenSpoken(() -> allOver.complete(null));
    }
  }
}
