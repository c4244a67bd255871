package nova.control.stream;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry.Subject;
import nova.control.audit.AuditLog;
import nova.control.channel.Channel;
import nova.control.channel.ChannelRepository;
import nova.control.outbox.Outbox;
import nova.control.streamkey.ChannelKey;
import nova.control.streamkey.KeyUse;
import nova.control.streamkey.StreamKeyRepository;
import nova.control.streamkey.StreamKeys;
import nova.core.StreamEvent;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import org.jdbi.v3.core.Handle;

/// Writes what happens to streams, each event in the transaction of its caller: the row of the
/// stream, one audit entry and one event of the outbox, or nothing when it was written before.
///
/// *Thread-safe.*
public final class StreamRecorder {
  private final StreamRepository streams;
  private final ChannelRepository channels;
  private final StreamKeyRepository keyRows;
  private final StreamKeys keys;
  private final AuditLog audit;
  private final Outbox outbox;
  private final UUID node;

  /// @param node this server, by a name that it keeps when it starts again
  public StreamRecorder(
      StreamRepository streams,
      ChannelRepository channels,
      StreamKeyRepository keyRows,
      StreamKeys keys,
      AuditLog audit,
      Outbox outbox,
      UUID node) {
    this.streams = streams;
    this.channels = channels;
    this.keyRows = keyRows;
    this.keys = keys;
    this.audit = audit;
    this.outbox = outbox;
    this.node = node;
  }

  /// What is to be done once an event is written.
  ///
  /// @param forget keys that open something else now
  /// @param stop why the broadcast may not go on
  record Written(Optional<Runnable> forget, Optional<String> stop) {
    static final Written NOTHING = new Written(Optional.empty(), Optional.empty());

    static Written stop(String reason) {
      return new Written(Optional.empty(), Optional.of(reason));
    }
  }

  /// Writes one event.
  Written write(Handle handle, StreamEvent event) {
    if (event instanceof StreamEvent.StreamStarted started) {
      return begin(handle, started);
    }
    Optional<ChannelStream> known = streams.lock(handle, event.stream());
    if (known.isEmpty()) {
      return Written.NOTHING; // its channel was deleted
    }
    Optional<ChannelStream> next = StreamLife.after(known.get(), event);
    next.ifPresent(after -> streams.update(handle, after, Optional.empty()));
    if (next.isPresent() && tells(event, known.get(), next.get())) {
      tell(handle, event, next.get());
    }
    if (event instanceof StreamEvent.StreamResumed resumed && next.isPresent()) {
      return judged(used(handle, resumed.key(), resumed.at(), resumed.remoteAddress()));
    }
    return Written.NOTHING;
  }

  /// Closes what this server had on air when it stopped without a word.
  ///
  /// @return the streams
  public List<StreamId> closeLeftOver(Handle handle, Instant now) {
    List<StreamId> closed = new ArrayList<>();
    for (ChannelStream stream : streams.lockLiveAt(handle, node)) {
      Instant at = stream.seenAt().orElse(now);
      close(handle, stream, at.isAfter(now) ? now : at, "The server stopped unexpectedly.");
      closed.add(stream.id());
    }
    return closed;
  }

  /// Writes that an operator gave up a stream that no broadcaster has come for.
  Runnable cancel(Handle handle, ChannelStream prepared, Instant now, String reason) {
    StreamEvent.StreamEnded end =
        new StreamEvent.StreamEnded(prepared.id(), now, reason, StreamHealth.NOTHING);
    ChannelStream over = StreamLife.over(prepared, StreamState.ENDED_GRACEFULLY, now, reason);
    streams.update(handle, over, Optional.empty());
    outbox.append(handle, type(end), over.id(), now, data(end, over));
    return keys.forgetting(handle, channel(handle, over).id());
  }

  private Written begin(Handle handle, StreamEvent.StreamStarted event) {
    Optional<Channel> channel = channels.lock(handle, event.channel());
    Optional<ChannelStream> known = streams.lock(handle, event.stream());
    if (channel.isEmpty()) {
      return Written.stop("The channel was deleted.");
    }
    if (known.isPresent() && !known.get().isPrepared()) {
      return known.get().state().isOver()
          ? Written.stop("The stream was stopped before it began.")
          : Written.NOTHING; // written before
    }
    for (ChannelStream other : streams.lockLiveOf(handle, channel.get().id())) {
      close(handle, other, event.at(), "Another broadcast of the channel began.");
    }
    Optional<String> refusal = used(handle, event.key(), event.at(), event.remoteAddress());
    ChannelStream stream;
    if (known.isPresent()) {
      stream = StreamLife.after(known.get(), event).orElseThrow();
      streams.update(handle, stream, Optional.of(node));
    } else {
      stream = StreamLife.begun(event);
      streams.insert(handle, stream, channel.get().id(), Optional.of(node));
    }
    tell(handle, event, stream);
    Optional<Runnable> forget = known.map(_ -> keys.forgetting(handle, channel.get().id()));
    return new Written(forget, refusal);
  }

  private static Written judged(Optional<String> refusal) {
    return refusal.map(Written::stop).orElse(Written.NOTHING);
  }

  /// Notes that a key was used. It may have been revoked after it was checked: who revokes looks
  /// for streams in the transaction that waits for this one, or this one waits for that.
  ///
  /// @return why the broadcast may not go on
  private Optional<String> used(
      Handle handle, Optional<StreamKeyId> key, Instant at, String address) {
    Optional<ChannelKey> row = key.flatMap(id -> keyRows.lock(handle, id));
    if (row.isEmpty()) {
      return key.map(_ -> "The stream key was deleted.");
    }
    keyRows.used(handle, row.get().id(), new KeyUse(at, address));
    return row.get().revokedAt().map(_ -> "The stream key was revoked.");
  }

  private void close(Handle handle, ChannelStream stream, Instant at, String reason) {
    ChannelStream over = StreamLife.over(stream, StreamState.ERROR, at, reason);
    streams.update(handle, over, Optional.empty());
    tell(handle, new StreamEvent.StreamError(stream.id(), at, reason, Optional.empty()), over);
  }

  /// Whether it is worth an audit entry and an event: what changes formats or counts is not.
  private static boolean tells(StreamEvent event, ChannelStream before, ChannelStream after) {
    return before.state() != after.state() || event instanceof StreamEvent.StreamResumed;
  }

  private void tell(Handle handle, StreamEvent event, ChannelStream after) {
    Map<String, Object> data = data(event, after);
    Actor actor =
        after
            .source()
            .map(source -> new Actor(Actor.Kind.PUBLISHER, "", "", source.address()))
            .orElse(Actor.SYSTEM);
    audit.append(
        handle,
        event.at(),
        actor,
        action(type(event)),
        new Subject("stream", after.id().value()),
        data);
    outbox.append(handle, type(event), after.id(), event.at(), data);
  }

  private static Map<String, Object> data(StreamEvent event, ChannelStream after) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("channel", after.channel().value());
    data.put("state", after.state().name());
    after.end().ifPresent(end -> data.put("reason", end.reason()));
    if (event instanceof StreamEvent.StreamRecovering recovering) {
      data.put("reason", recovering.reason());
      data.put("reconnectUntil", recovering.graceUntil().toString());
    }
    if (after.end().isPresent()) {
      data.put("receivedBytes", after.totals().receivedBytes());
      data.put("receivedFrames", after.totals().receivedFrames());
      data.put("reconnects", after.totals().reconnects());
      after.duration().ifPresent(duration -> data.put("durationMs", duration.toMillis()));
    }
    return data;
  }

  private Channel channel(Handle handle, ChannelStream stream) {
    return channels.find(handle, stream.channel()).orElseThrow();
  }

  private static String type(StreamEvent event) {
    return event.getClass().getSimpleName();
  }

  /// `StreamStarted` is `stream-started`.
  private static String action(String type) {
    return type.replaceAll("(?<!^)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
