package nova.control.stream;

import java.time.Instant;
import java.util.Optional;
import nova.control.stream.ChannelStream.StreamEnd;
import nova.core.StreamEvent;
import nova.core.StreamHealth;
import nova.core.StreamState;

/// How a stream goes on after what happens to it.
///
/// ```
/// PENDING_INGEST ──epoch──▶ ACTIVE ──lost──▶ RECONNECTING
///       │                    │  ▲                │  │
///       ▼                    ▼  └─────epoch──────┘  ▼
///     over                 over                   over
/// ```
///
/// Over is ENDED_GRACEFULLY or ERROR. Events that do not fit, such as those of a stream that is
/// over, change nothing: they may come twice, and late.
final class StreamLife {
  private StreamLife() {}

  /// The stream after an event.
  ///
  /// @return empty when the event does not change it
  static Optional<ChannelStream> after(ChannelStream before, StreamEvent event) {
    if (before.state().isOver()
        || (before.isPrepared() && !(event instanceof StreamEvent.StreamStarted))) {
      return Optional.empty();
    }
    StreamDraft next = new StreamDraft(before);
    switch (event) {
      case StreamEvent.StreamStarted e -> {
        if (!before.isPrepared()) {
          return Optional.empty();
        }
        accepted(next, e);
      }
      case StreamEvent.EpochBegan e -> {
        if (e.epoch().number() < before.totals().epochs()) {
          return Optional.empty();
        }
        epochBegan(next, e);
      }
      case StreamEvent.StreamMeasured e -> counted(next, e.health(), e.at());
      case StreamEvent.StreamRecovering e -> {
        if (before.state() == StreamState.PENDING_INGEST) {
          return Optional.empty();
        }
        next.state = StreamState.RECONNECTING; // or again, when who returned was lost before media
        next.reconnectUntil = Optional.of(e.graceUntil());
      }
      case StreamEvent.StreamResumed e -> {
        next.key = e.key();
        next.source = Optional.of(StreamSource.of(e.remoteAddress(), e.encoder()));
        next.seenAt = Optional.of(e.at());
      }
      case StreamEvent.StreamEnded e -> {
        counted(next, e.health(), e.at());
        over(next, StreamState.ENDED_GRACEFULLY, e.at(), e.reason());
      }
      case StreamEvent.StreamError e -> {
        e.health().ifPresent(health -> counted(next, health, e.at()));
        over(next, StreamState.ERROR, e.at(), e.reason());
      }
      case StreamEvent.StreamMoved _,
          StreamEvent.StreamStopRequested _,
          StreamEvent.SegmentGenerated _,
          StreamEvent.LadderChanged _,
          StreamEvent.RungStarted _,
          StreamEvent.BitrateAdapted _,
          StreamEvent.RungsFailed _,
          StreamEvent.RungMisaligned _,
          StreamEvent.ViewerEvent _ -> {
        return Optional.empty();
      }
    }
    return Optional.of(next.done());
  }

  /// A stream that nobody prepared, whose broadcaster was accepted.
  static ChannelStream begun(StreamEvent.StreamStarted event) {
    StreamDraft next = new StreamDraft(event.stream(), event.channel(), event.at());
    accepted(next, event);
    return next.done();
  }

  /// The stream, over for good.
  static ChannelStream over(ChannelStream before, StreamState how, Instant at, String reason) {
    StreamDraft next = new StreamDraft(before);
    over(next, how, at, reason);
    return next.done();
  }

  private static void over(StreamDraft next, StreamState how, Instant at, String reason) {
    Instant start = next.startedAt.orElse(next.notBeforeCreation(at));
    next.state = how;
    next.end = Optional.of(StreamEnd.of(at.isBefore(start) ? start : at, reason));
    next.reconnectUntil = Optional.empty();
  }

  private static void accepted(StreamDraft next, StreamEvent.StreamStarted event) {
    next.key = event.key();
    next.source = Optional.of(StreamSource.of(event.remoteAddress(), event.encoder()));
    next.seenAt = Optional.of(event.at());
  }

  private static void epochBegan(StreamDraft next, StreamEvent.EpochBegan event) {
    boolean returned = next.state == StreamState.RECONNECTING;
    next.totals = next.totals.withEpoch(event.epoch(), returned);
    next.state = StreamState.ACTIVE;
    next.startedAt = Optional.of(next.startedAt.orElse(next.notBeforeCreation(event.at())));
    next.seenAt = Optional.of(event.at());
    next.reconnectUntil = Optional.empty();
    next.tracks = event.tracks();
  }

  private static void counted(StreamDraft next, StreamHealth health, Instant at) {
    next.totals = next.totals.with(health);
    next.seenAt = Optional.of(at);
  }
}
