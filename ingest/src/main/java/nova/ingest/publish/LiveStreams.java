package nova.ingest.publish;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamStopRequested;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.framelog.FrameLog;
import nova.framelog.LogEntry.EpochEnd;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.publish.StreamGrant.Release;

/// The streams that are live or wait for their broadcaster: at most one per channel.
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
  private final StreamSteps steps;
  private final ClaimDesk desk;
  private final SerialScheduler thread;

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
    this.thread = thread;
    this.steps =
        new StreamSteps(
            policy, limits, frameLog, claims, events, metrics, clock, random, thread, blocking);
    this.desk = steps.desk();
  }

  /// Adopts streams of other servers that are gone, from now on.
  public void adoptFromNowOn() {
    thread.execute(desk::adopt);
  }

  /// Gets `publisher` its channel's stream; the answer comes through the publisher.
  public void open(Publisher publisher) {
    thread.execute(() -> steps.enter(publisher));
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
        steps.all().stream().filter(stream -> stream.id().equals(id)).toList();
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
    for (LiveStream stream : steps.all()) {
      Publisher successor = stream.successor;
      if (successor != null && successor.key().equals(dropped)) {
        stream.refuseSuccessor("stream-stopped", reason);
      }
      Publisher applicant = stream.applicant;
      boolean dismissed = applicant != null && applicant.key().equals(dropped);
      if (dismissed) {
        stream.refuseApplicant("stream-stopped", reason);
      }
      // it is let go by its holder, or was, for who has another key
      boolean letGo = stream.successor != null || stream.applicant != null;
      if (!letGo && stream.key.equals(dropped)) {
        if (stream.verdict == null) {
          stopNow(stream, reason);
        }
      } else if (dismissed && !stream.opening) {
        steps.leftAlone(stream, reason);
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
          steps.close(sentence);
          for (LiveStream stream : steps.all()) {
            Publisher holder = stream.holder;
            if (holder == null) {
              handOverNow(stream, sentence);
            } else {
              stream.draining = true;
              stream.failWaiting("shutting-down", sentence);
              holder.moveOn(sentence);
            }
          }
          steps.completeWhenEmpty();
        });
    return steps.allOver();
  }

  /// Ends all streams, or hands them over where there are other servers, and lets none begin;
  /// complete when the last one is over.
  public CompletionStage<Void> close(String reason) {
    thread.execute(
        () -> {
          steps.close(reason);
          for (LiveStream stream : steps.all()) {
            if (desk.isShared()) {
              handOverNow(stream, reason);
            } else {
              stopNow(stream, reason);
            }
          }
          steps.completeWhenEmpty();
        });
    return steps.allOver();
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

  private void handOverNow(LiveStream stream, String sentence) {
    stream.failWaiting("shutting-down", sentence);
    Publisher holder = stream.holder;
    if (holder != null) {
      holder.surrender(EpochEnd.CONNECTION_LOST, new Release.HandedOver(sentence), "shutting-down");
    } else if (!stream.opening) {
      steps.leftAlone(stream, sentence);
    } // otherwise when its log is open, so that no fence comes late
  }

  private void stopNow(LiveStream stream, String reason) {
    stream.refuseSuccessor("stream-stopped", reason);
    stream.refuseApplicant("stream-stopped", reason);
    Publisher holder = stream.holder;
    if (!stream.started) {
      steps.forget(stream);
    } else if (holder == null) {
      steps.end(stream, true, reason);
    } else {
      Release stopped = new Release.Finished(reason);
      stream.judge(stopped);
      holder.surrender(EpochEnd.FINISHED, stopped, "stream-stopped");
    }
  }

  /// A stage cannot carry a stream on: who returned to it would write what nobody reads.
  private void failed(StreamId id) {
    for (LiveStream stream : steps.all()) {
      if (stream.id().equals(id) && stream.started) {
        Publisher holder = stream.holder;
        if (holder == null) {
          steps.endFor(stream, stream.takeApplicant(), false, StreamSentences.FAILED);
        } else {
          Release failed = new Release.Failed(StreamSentences.FAILED);
          stream.judge(failed);
          holder.surrender(EpochEnd.CONNECTION_LOST, failed, "stream-failed");
        }
      }
    }
  }
}
