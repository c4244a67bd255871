package nova.ingest.publish;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamStopRequested;
import nova.core.StreamEvents;
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
/// Where several servers share the channels, a channel that is not here is claimed before anything
/// else happens, and its stream may come from another server or go to one. A stream that goes away
/// is forgotten here: its log is not closed, and its end is not told.
///
/// *Thread-safe.*
public final class LiveStreams implements StreamEvents.Subscriber {
  private static final Logger log = LoggerFactory.getLogger(LiveStreams.class);

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

  public LiveStreams(
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
    this.desk = new ClaimDesk(claims, policy, clock, thread, ids, new ClaimAnswers());
  }

  /// Adopts streams of other servers that are gone, from now on.
  public void adoptFromNowOn() {
    thread.execute(desk::adopt);
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
          if (stopHere(id, reason)) {
            found.complete(true);
          } else {
            desk.whenAnswered(() -> found.complete(stopHere(id, reason)));
          }
        });
    return found;
  }

  private boolean stopHere(StreamId id, String reason) {
    List<LiveStream> matching =
        streams.values().stream().filter(stream -> stream.id().equals(id)).toList();
    matching.forEach(stream -> stopNow(stream, reason));
    return !matching.isEmpty();
  }

  /// Ends the streams of whoever publishes with a key, or did and is awaited; and refuses who waits
  /// for a stream with it. Encoders are told `reason`.
  public void dropKey(StreamKeyId key, String reason) {
    thread.execute(
        () -> {
          dropHere(key, reason);
          if (desk.isAsking()) {
            desk.dismiss(key, reason);
            desk.whenAnswered(() -> dropHere(key, reason)); // what came here meanwhile
          }
        });
  }

  private void dropHere(StreamKeyId key, String reason) {
    Optional<StreamKeyId> dropped = Optional.of(key);
    for (LiveStream stream : List.copyOf(streams.values())) {
      Publisher successor = stream.successor;
      if (successor != null && successor.key().equals(dropped)) {
        refuse(stream.takeSuccessor(), "stream-stopped", reason);
      }
      Publisher applicant = stream.applicant;
      boolean dismissed = applicant != null && applicant.key().equals(dropped);
      if (dismissed) {
        refuse(stream.takeApplicant(), "stream-stopped", reason);
      }
      // it is let go by its holder, or was, for who has another key
      boolean letGo = stream.successor != null || stream.applicant != null;
      if (!letGo && stream.key.equals(dropped)) {
        if (stream.verdict == null) {
          stopNow(stream, reason);
        }
      } else if (dismissed && !stream.opening) {
        leftAlone(stream, reason);
      }
    }
  }

  /// Lets no stream begin, and asks encoders to go on at another server: those that can do so by
  /// themselves are told to, the others are disconnected. Without other servers it does nothing.
  ///
  /// @param sentence for the broadcasters
  /// @return complete when no stream is here any more
  public CompletionStage<Void> drain(String sentence) {
    if (!desk.isShared()) {
      return CompletableFuture.completedStage(null);
    }
    thread.execute(
        () -> {
          closing = true;
          desk.stop(sentence);
          for (LiveStream stream : List.copyOf(streams.values())) {
            Publisher holder = stream.holder;
            if (holder == null) {
              handOverNow(stream, sentence);
            } else {
              stream.draining = true;
              fail(stream.takeSuccessor(), "shutting-down", sentence);
              holder.moveOn(sentence);
            }
          }
          completeWhenEmpty();
        });
    return allOver;
  }

  /// Ends all streams, or hands them over where there are other servers, and lets none begin;
  /// complete when the last one is over.
  public CompletionStage<Void> close(String reason) {
    thread.execute(
        () -> {
          closing = true;
          desk.stop(reason);
          for (LiveStream stream : List.copyOf(streams.values())) {
            if (desk.isShared()) {
              handOverNow(stream, reason);
            } else {
              stopNow(stream, reason);
            }
          }
          completeWhenEmpty();
        });
    return allOver;
  }

  /// Ends a stream that a stage reports as failed; what is reported from here has its health. And
  /// one that another server was asked to end.
  @Override
  public void onEvent(StreamEvent event) {
    if (event instanceof StreamError error && error.health().isEmpty()) {
      thread.execute(
          () -> {
            failed(error.stream());
            if (desk.isAsking()) {
              desk.whenAnswered(() -> failed(error.stream()));
            }
          });
    } else if (event instanceof StreamStopRequested request) {
      CompletionStage<Boolean> _ = stop(request.stream(), request.reason());
    }
  }

  void report(Runnable step) {
    thread.execute(step);
  }

  private void enter(Publisher publisher) {
    if (closing) {
      publisher.refused("shutting-down", StreamSentences.SHUTTING_DOWN);
      return;
    }
    LiveStream stream = streams.get(publisher.channel());
    if (stream == null) {
      desk.claim(publisher);
    } else if (stream.opening) {
      refuse(stream.takeApplicant(), "taken-over", StreamSentences.CAME_AFTER);
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
    Publisher applicant = stream.takeApplicant();
    stream.opening = false;
    fail(applicant, "log-unavailable", sentence);
    if (!stream.started) {
      ids.unused(stream.id()); // as if it had never been asked for
    }
    leftAlone(stream, sentence);
  }

  /// Nobody holds the stream, nor waits until its log is open.
  private void leftAlone(LiveStream stream, String reason) {
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
  private void forget(LiveStream stream) {
    if (streams.remove(stream.channel(), stream)) {
      desk.end(stream.claim());
      completeWhenEmpty();
    }
  }

  private boolean isHere(LiveStream stream) {
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
  private void endFor(
      LiveStream stream, @Nullable Publisher successor, boolean graceful, String reason) {
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
  private void leave(LiveStream stream) {
    stream.stopWaiting();
    stream.gone = true;
    streams.remove(stream.channel(), stream);
    reports.left(stream);
    desk.handOver(stream.claim());
    completeWhenEmpty();
  }

  private void handOverNow(LiveStream stream, String sentence) {
    fail(stream.takeSuccessor(), "shutting-down", sentence);
    fail(stream.takeApplicant(), "shutting-down", sentence);
    Publisher holder = stream.holder;
    if (holder != null) {
      holder.surrender(EpochEnd.CONNECTION_LOST, new Release.HandedOver(sentence), "shutting-down");
    } else if (!stream.opening) {
      leftAlone(stream, sentence);
    } // otherwise when its log is open, so that no fence comes late
  }

  private void stopNow(LiveStream stream, String reason) {
    refuse(stream.takeSuccessor(), "stream-stopped", reason);
    refuse(stream.takeApplicant(), "stream-stopped", reason);
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
          endFor(stream, stream.takeApplicant(), false, StreamSentences.FAILED);
        } else {
          Release failed = new Release.Failed(StreamSentences.FAILED);
          stream.judge(failed);
          holder.surrender(EpochEnd.CONNECTION_LOST, failed, "stream-failed");
        }
      }
    }
  }

  private static void refuse(@Nullable Publisher publisher, String reason, String sentence) {
    if (publisher != null) {
      publisher.refused(reason, sentence);
    }
  }

  private static void fail(@Nullable Publisher publisher, String reason, String sentence) {
    if (publisher != null) {
      publisher.failed(reason, sentence);
    }
  }

  private void end(LiveStream stream, boolean graceful, String reason) {
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

  private void completeWhenEmpty() {
    if (closing && streams.isEmpty()) {
      desk.whenSpoken(() -> allOver.complete(null));
    }
  }

  /// What other servers let happen.
  private final class ClaimAnswers implements ClaimDesk.Answers {
    @Override
    public boolean has(ChannelSlug channel) {
      return streams.containsKey(channel);
    }

    @Override
    public LiveStream begin(ChannelClaim claim, Publisher publisher) {
      LiveStream stream = new LiveStream(claim, new HealthMeter(metrics, limits), events, clock);
      streams.put(stream.channel(), stream);
      openLog(stream, publisher);
      return stream;
    }

    @Override
    public LiveStream goOn(
        ChannelClaim claim, ClaimedStream before, @Nullable Publisher publisher) {
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

    @Override
    public void again(Publisher publisher) {
      enter(publisher);
    }

    @Override
    public void asked(LiveStream stream, String remoteAddress) {
      if (!isHere(stream)) {
        return;
      }
      stream.wantedElsewhere = true;
      refuse(stream.takeSuccessor(), "taken-over", StreamSentences.CAME_AFTER);
      refuse(stream.takeApplicant(), "taken-over", StreamSentences.CAME_AFTER);
      Publisher holder = stream.holder;
      if (holder != null) {
        holder.surrender(
            EpochEnd.TAKEN_OVER,
            new Release.Lost(StreamSentences.takenOver(remoteAddress)),
            "taken-over");
      } else if (!stream.opening) {
        leftAlone(stream, StreamSentences.CAME_AFTER);
      } // otherwise when its log is open, so that no fence comes late
    }

    @Override
    public void lost(LiveStream stream, boolean sameStream) {
      if (!isHere(stream)) {
        return;
      }
      refuse(stream.takeApplicant(), "taken-over", StreamSentences.CAME_AFTER);
      Publisher holder = stream.holder;
      Publisher successor = stream.takeSuccessor();
      Release release = new Release.TakenElsewhere(StreamSentences.TAKEN_ELSEWHERE);
      if (holder != null) {
        holder.surrender(EpochEnd.TAKEN_OVER, release, "taken-over");
      }
      if (!stream.started) {
        forget(stream);
      } else if (sameStream) {
        leave(stream);
      } else {
        stream.judge(release);
        if (holder == null) {
          end(stream, false, StreamSentences.TAKEN_ELSEWHERE);
        }
      }
      if (successor != null) {
        enter(successor);
      }
    }
  }
}
