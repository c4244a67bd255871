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
import nova.control.error.TextLimits;
import nova.control.stream.ChannelStream.StreamEnd;
import nova.control.streamkey.ChannelKey;
import nova.control.streamkey.KeyUse;
import nova.control.streamkey.StreamKeyRepository;
import nova.control.streamkey.StreamKeys;
import nova.core.StreamEvent;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import org.jdbi.v3.core.Handle;

/// Writes what happens to streams, each event in the transaction of its caller: the row of the
/// stream and one audit entry, or nothing when it was written before.
///
/// *Thread-safe.*
public final class StreamRecorder {
  private static final String OVER = "The stream is over already.";
  private static final String REVOKED = "The stream key was revoked.";
  private static final String DELETED = "The channel was deleted.";

  private final StreamRepository streams;
  private final ChannelRepository channels;
  private final StreamKeyRepository keyRows;
  private final StreamKeys keys;
  private final AuditLog audit;
  private final UUID node;

  /// @param node this server, by a name that it keeps when it starts again
  public StreamRecorder(
      StreamRepository streams,
      ChannelRepository channels,
      StreamKeyRepository keyRows,
      StreamKeys keys,
      AuditLog audit,
      UUID node) {
    this.streams = streams;
    this.channels = channels;
    this.keyRows = keyRows;
    this.keys = keys;
    this.audit = audit;
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

    static Written stop(String reason, Runnable forget) {
      return new Written(Optional.of(forget), Optional.of(reason));
    }
  }

  /// Writes one event. Written again, it changes nothing, and tells again what is to be done.
  Written write(Handle handle, StreamEvent event) {
    if (event instanceof StreamEvent.StreamStarted started) {
      return begin(handle, started);
    }
    if (event instanceof StreamEvent.StreamMoved moved) {
      return move(handle, moved);
    }
    Optional<ChannelStream> known = streams.lockAt(handle, event.stream(), node);
    if (known.isEmpty()) {
      return Written.NOTHING; // its channel was deleted, or another server has it
    }
    if (known.get().state().isOver()) {
      return isEnd(event) ? Written.NOTHING : Written.stop(OVER);
    }
    Optional<ChannelStream> next = StreamLife.after(known.get(), event);
    next.ifPresent(after -> streams.update(handle, after, Optional.empty()));
    if (next.isPresent() && tells(event, known.get(), next.get())) {
      tell(handle, event, next.get());
    }
    if (event instanceof StreamEvent.StreamResumed resumed && next.isPresent()) {
      return used(handle, resumed.key(), resumed.at(), resumed.remoteAddress())
          .map(this::stopped)
          .orElse(Written.NOTHING);
    }
    return event instanceof StreamEvent.StreamMeasured
        ? revoked(handle, known.get())
        : Written.NOTHING;
  }

  /// A key that was taken back elsewhere: whoever did it could not reach this server.
  private Written revoked(Handle handle, ChannelStream stream) {
    return stream
        .key()
        .flatMap(key -> keyRows.find(handle, key))
        .filter(key -> key.revokedAt().isPresent())
        .map(key -> stopped(new EndedKey(key, REVOKED)))
        .orElse(Written.NOTHING);
  }

  private static boolean isEnd(StreamEvent event) {
    return event instanceof StreamEvent.StreamEnded || event instanceof StreamEvent.StreamError;
  }

  /// Closes what this server had on air when it stopped without a word.
  ///
  /// @return the streams
  public List<StreamId> closeLeftOver(Handle handle, Instant now) {
    List<StreamId> closed = new ArrayList<>();
    for (ChannelStream stream : streams.lockLiveAt(handle, node)) {
      giveUp(handle, stream, now, "The server stopped unexpectedly.");
      closed.add(stream.id());
    }
    return closed;
  }

  /// Whether the broadcaster of a stream came to this server.
  boolean isHere(Handle handle, StreamId stream) {
    return streams.lockAt(handle, stream, node).isPresent();
  }

  /// Writes that a stream is over of which its server says nothing any more, as of its latest sign
  /// of life.
  void giveUp(Handle handle, ChannelStream stream, Instant now, String reason) {
    Instant at = stream.seenAt().orElse(now);
    close(handle, stream, at.isAfter(now) ? now : at, reason);
  }

  /// Writes that an operator gave up a stream that no broadcaster has come for.
  Runnable cancel(Handle handle, ChannelStream prepared, Instant now, String reason) {
    ChannelStream over = StreamLife.over(prepared, StreamState.ENDED_GRACEFULLY, now, reason);
    streams.update(handle, over, Optional.empty());
    return keys.forgetting(handle, channel(handle, over).id());
  }

  private Written begin(Handle handle, StreamEvent.StreamStarted event) {
    Optional<Channel> locked = channels.lock(handle, event.channel());
    if (locked.isEmpty()) {
      return Written.stop(DELETED);
    }
    Channel channel = locked.get();
    Optional<ChannelStream> known = streams.lock(handle, event.stream());
    Optional<String> other = known.flatMap(stream -> notTheSame(handle, stream));
    if (other.isPresent()) {
      return Written.stop(other.get(), keys.forgetting(handle, channel.id()));
    }
    if (event.key().isPresent() && keyRows.find(handle, event.key().get()).isEmpty()) {
      // Of a channel of the same name before this one.
      return Written.stop("The stream key was deleted.");
    }
    if (known.isEmpty() || known.get().isPrepared()) {
      for (ChannelStream before : streams.lockLiveOf(handle, channel.id())) {
        close(handle, before, event.at(), "Another broadcast of the channel began.");
      }
      ChannelStream stream =
          known
              .map(prepared -> StreamLife.after(prepared, event).orElseThrow())
              .orElseGet(() -> StreamLife.begun(event));
      if (known.isPresent()) {
        streams.update(handle, stream, Optional.of(node));
      } else {
        streams.insert(handle, stream, channel.id(), Optional.of(node));
      }
      tell(handle, event, stream);
    }
    Optional<EndedKey> refused = used(handle, event.key(), event.at(), event.remoteAddress());
    if (refused.isPresent()) {
      return stopped(refused.get());
    }
    return known.isPresent() // perhaps one that was prepared, which keys are not to open again
        ? new Written(Optional.of(keys.forgetting(handle, channel.id())), Optional.empty())
        : Written.NOTHING;
  }

  /// Writes that a stream goes on at this server, unless a later one has it by now. What the server
  /// before has not written yet is not written any more.
  private Written move(Handle handle, StreamEvent.StreamMoved event) {
    if (channels.lock(handle, event.channel()).isEmpty()) {
      return Written.stop(DELETED);
    }
    Optional<ChannelStream> known = streams.lock(handle, event.stream());
    if (known.isPresent() && known.get().state().isOver()) {
      return Written.stop(OVER);
    }
    Written written = Written.NOTHING;
    if (known.isEmpty() || known.get().isPrepared()) { // its beginning was not written
      written = begin(handle, beginning(event));
    }
    boolean _ = streams.move(handle, event.stream(), node, event.claim());
    return written;
  }

  /// That of a stream of which the server that had it told nothing.
  private static StreamEvent.StreamStarted beginning(StreamEvent.StreamMoved event) {
    return new StreamEvent.StreamStarted(
        event.stream(), event.at(), event.channel(), "", "", Optional.empty());
  }

  /// Why a broadcast cannot be a stream that is known, unless that is prepared or this very one.
  private Optional<String> notTheSame(Handle handle, ChannelStream known) {
    if (known.state().isOver()) {
      return Optional.of("The stream was stopped before it began.");
    }
    return known.isPrepared()
            || streams.lockAt(handle, known.id(), node).isPresent()
            || streams.hasMoved(handle, known.id()) // so it began here, and is elsewhere now
        ? Optional.empty()
        : Optional.of("The stream began at another server.");
  }

  private Written stopped(EndedKey ended) {
    return Written.stop(ended.reason(), keys.forgetting(ended.key()));
  }

  /// A key that may not be used any more, and why.
  private record EndedKey(ChannelKey key, String reason) {}

  /// Notes that a key was used. It may have been revoked after it was checked and before ingest had
  /// the broadcast, so that it was not among those that were dropped: its beginning is written
  /// after the revocation. Or another server took it back, of which the keys that are cached here
  /// know nothing.
  ///
  /// @return the key, when the broadcast may not go on
  private Optional<EndedKey> used(
      Handle handle, Optional<StreamKeyId> id, Instant at, String address) {
    Optional<ChannelKey> row = id.flatMap(key -> keyRows.lock(handle, key));
    if (row.isEmpty()) {
      return Optional.empty();
    }
    ChannelKey key = row.get();
    keyRows.used(handle, key.id(), new KeyUse(at, address));
    if (key.revokedAt().isPresent()) {
      return Optional.of(new EndedKey(key, REVOKED));
    }
    return key.isValidAt(at)
        ? Optional.empty()
        : Optional.of(new EndedKey(key, "The stream key expired."));
  }

  private void close(Handle handle, ChannelStream stream, Instant at, String reason) {
    ChannelStream over = StreamLife.over(stream, StreamState.ERROR, at, reason);
    streams.update(handle, over, Optional.empty());
    tell(handle, new StreamEvent.StreamError(stream.id(), at, reason, Optional.empty()), over);
  }

  /// Whether it is worth an audit entry: what changes formats or counts is not, nor what was
  /// written before.
  private static boolean tells(StreamEvent event, ChannelStream before, ChannelStream after) {
    boolean turns =
        event instanceof StreamEvent.StreamResumed || event instanceof StreamEvent.StreamRecovering;
    return before.state() != after.state() || (turns && !before.equals(after));
  }

  private void tell(Handle handle, StreamEvent event, ChannelStream after) {
    audit.append(
        handle,
        event.at(),
        actor(event, after),
        action(event),
        new Subject("stream", after.id().value()),
        details(event, after));
  }

  /// Who made that happen: a connection is lost, and a stream fails, by nobody's wish.
  private static Actor actor(StreamEvent event, ChannelStream after) {
    return switch (event) {
      case StreamEvent.StreamRecovering _, StreamEvent.StreamError _ -> Actor.SYSTEM;
      default ->
          after
              .source()
              .map(source -> new Actor(Actor.Kind.PUBLISHER, "", "", source.address()))
              .orElse(Actor.SYSTEM);
    };
  }

  private static Map<String, Object> details(StreamEvent event, ChannelStream after) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("channel", after.channel().value());
    details.put("state", after.state().name());
    after.end().ifPresent(end -> details.put("reason", end.reason()));
    if (event instanceof StreamEvent.EpochBegan began) {
      details.put("epoch", began.epoch().number());
    }
    if (event instanceof StreamEvent.StreamRecovering recovering) {
      details.put("reason", TextLimits.readable(recovering.reason(), StreamEnd.MAX_REASON));
      details.put("reconnectUntil", recovering.graceUntil().toString());
    }
    if (after.end().isPresent()) {
      details.put("receivedBytes", after.totals().receivedBytes());
      details.put("receivedFrames", after.totals().receivedFrames());
      details.put("reconnects", after.totals().reconnects());
      after.duration().ifPresent(duration -> details.put("durationMs", duration.toMillis()));
    }
    return details;
  }

  private Channel channel(Handle handle, ChannelStream stream) {
    return channels.find(handle, stream.channel()).orElseThrow();
  }

  /// `StreamStarted` is `stream-started`.
  private static String action(StreamEvent event) {
    return event
        .getClass()
        .getSimpleName()
        .replaceAll("(?<!^)([A-Z])", "-$1")
        .toLowerCase(Locale.ROOT);
  }
}
