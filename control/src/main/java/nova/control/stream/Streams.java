package nova.control.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry.Subject;
import nova.control.audit.AuditLog;
import nova.control.channel.Channel;
import nova.control.channel.ChannelRepository;
import nova.control.database.ConflictException;
import nova.control.database.Database;
import nova.control.database.ListPosition;
import nova.control.error.ConflictingException;
import nova.control.error.StaleException;
import nova.control.error.TextLimits;
import nova.control.error.UnknownException;
import nova.control.streamkey.StreamKeys;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamId;
import org.jdbi.v3.core.Handle;

/// Streams as operators prepare, describe and stop them. Whoever calls waits for the database.
///
/// *Thread-safe.*
public final class Streams {
  /// A server that has said nothing of its stream for so long does not have it any more.
  public static final Duration GONE_AFTER = Duration.ofMinutes(1);

  /// Why a stream is stopped is told in no more characters.
  public static final int MAX_REASON = 200;

  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(5);
  private static final Duration ROW_READ_EVERY = Duration.ofMillis(200);
  private static final String PREPARED = "streams_one_prepared";

  private final Database database;
  private final StreamRepository streams;
  private final ChannelRepository channels;
  private final StreamRecorder recorder;
  private final StreamJournal journal;
  private final StreamKeys keys;
  private final AuditLog audit;
  private final LiveBroadcasts live;
  private final InstantSource clock;
  private final RandomGenerator random;

  /// @param random makes the ids of streams; used by several threads
  public Streams(
      Database database,
      StreamRepository streams,
      ChannelRepository channels,
      StreamRecorder recorder,
      StreamJournal journal,
      StreamKeys keys,
      AuditLog audit,
      LiveBroadcasts live,
      InstantSource clock,
      RandomGenerator random) {
    this.database = database;
    this.streams = streams;
    this.channels = channels;
    this.recorder = recorder;
    this.journal = journal;
    this.keys = keys;
    this.audit = audit;
    this.live = live;
    this.clock = clock;
    this.random = random;
  }

  /// Prepares the next broadcast of a channel: whoever publishes to the channel next, after the one
  /// who may be live now, gets this stream.
  ///
  /// @throws ConflictingException when one is prepared already
  /// @throws UnknownException when there is no such channel
  public ChannelStream prepare(ChannelSlug slug, StreamMetadata metadata, Actor actor) {
    List<Runnable> forget = new ArrayList<>();
    try {
      return database.inTransaction(
          handle -> {
            Channel channel =
                channels
                    .lock(handle, slug)
                    .orElseThrow(() -> new UnknownException("channel", slug.value()));
            StreamDraft draft = new StreamDraft(StreamId.random(random), slug, clock.instant());
            draft.metadata = metadata;
            ChannelStream stream = draft.done();
            streams.insert(handle, stream, channel.id(), Optional.empty());
            audit(handle, actor, "stream-prepared", stream, Map.of("channel", slug.value()));
            forget.add(keys.forgetting(handle, channel.id()));
            return stream;
          });
    } catch (ConflictException e) {
      if (e.constraint().equals(PREPARED)) {
        throw new ConflictingException(
            "stream-already-prepared",
            "The next stream of channel '%s' is prepared already; change that one, or stop it."
                .formatted(slug));
      }
      throw e;
    } finally {
      forget.forEach(Runnable::run); // also when nobody knows whether it was written
    }
  }

  /// A stream.
  ///
  /// @throws UnknownException when there is none
  public ChannelStream find(StreamId id) {
    return database.inTransaction(
        handle -> streams.find(handle, id).orElseThrow(() -> unknown(id.value())));
  }

  /// The stream of a channel that is live, else the one that was made last.
  ///
  /// @throws UnknownException when it never had one
  public ChannelStream latestOf(ChannelSlug channel) {
    return database.inTransaction(
        handle -> streams.latestOf(handle, channel).orElseThrow(() -> unknown(channel.value())));
  }

  /// The latest first.
  ///
  /// @param after where the page before ended, or the first page
  /// @throws UnknownException when there is no channel of the name that is asked for
  public List<ChannelStream> list(
      StreamFilter filter, Optional<ListPosition<StreamId>> after, int limit) {
    return database.inTransaction(
        handle -> {
          if (filter.channel().isPresent()) {
            requireChannel(handle, filter.channel().get());
          }
          return streams.list(handle, filter, after, limit);
        });
  }

  /// All that are live, at whichever server, and some others if they are there still. The first
  /// made first.
  public List<ChannelStream> liveOrAmong(Collection<StreamId> ids) {
    return database.inTransaction(handle -> streams.liveOrAmong(handle, ids));
  }

  private void requireChannel(Handle handle, ChannelSlug slug) {
    if (channels.find(handle, slug).isEmpty()) {
      throw new UnknownException("channel", slug.value());
    }
  }

  /// Changes what people are told of a stream, also when it is over.
  ///
  /// @param ifVersion that it must have
  /// @throws StaleException when it has another one
  /// @throws UnknownException when there is none
  public ChannelStream update(
      StreamId id, StreamChange change, Optional<Long> ifVersion, Actor actor) {
    return database.inTransaction(
        handle -> {
          ChannelStream before = lock(handle, id);
          if (ifVersion.isPresent() && ifVersion.get() != before.version()) {
            throw new StaleException(ifVersion.get(), before.version());
          }
          StreamDraft draft = new StreamDraft(before);
          draft.metadata = before.metadata().with(change);
          if (draft.metadata.equals(before.metadata())) {
            return before;
          }
          draft.version = before.version() + 1;
          ChannelStream after = draft.done();
          streams.update(handle, after, Optional.empty());
          audit(handle, actor, "stream-updated", after, Map.of("channel", after.channel().value()));
          return after;
        });
  }

  /// Ends a stream, and waits a few seconds for that. Its broadcaster may begin another one: who is
  /// not to, needs the key revoked. A broadcast that goes on although its stream is over is ended
  /// too, and a stream without a broadcast, unless another server told of it within [#GONE_AFTER];
  /// that one is asked to end it, where servers can be asked.
  ///
  /// @param reason one sentence for the broadcaster
  /// @return as it is then; its end may still be to come
  /// @throws ConflictingException when it is over, or another server has it that cannot be asked
  /// @throws UnknownException when there is none
  public ChannelStream stop(StreamId id, String reason, Actor actor) {
    TextLimits.require("reason", reason, MAX_REASON);
    Instant now = clock.instant();
    List<Runnable> forget = new ArrayList<>();
    CompletableFuture<Void> over = journal.whenOver(id); // before it can be
    try {
      switch (database.inTransaction(handle -> beginStop(handle, id, now, reason, actor, forget))) {
        case PREPARED -> {}
        case HERE -> {
          if (!isStopped(id, reason)) {
            journal.onEvent(new StreamEvent.StreamError(id, now, reason, Optional.empty()));
          }
          await(over);
        }
        case ELSEWHERE -> {
          if (isStopped(id, reason)) {
            audited(id, reason, actor);
            await(over);
          } else if (live.hasOthers() && isHeardOf(find(id), now)) {
            audited(id, reason, actor);
            live.stopElsewhere(id, reason);
            awaitRow(id, over);
          } else {
            database.useTransaction(handle -> giveUp(handle, id, now, reason, actor));
          }
        }
        case OVER -> {
          if (!isStopped(id, reason)) {
            throw isOver(find(id));
          }
          audited(id, reason, actor);
        }
      }
    } finally {
      forget.forEach(Runnable::run); // also when nobody knows whether it was written
      boolean _ = over.cancel(false);
    }
    return find(id);
  }

  /// Where a stream is that is to be stopped, by its row.
  private enum Standing {
    PREPARED,
    HERE,
    ELSEWHERE,
    OVER
  }

  /// Does of a stop what the row alone decides.
  private Standing beginStop(
      Handle handle, StreamId id, Instant now, String reason, Actor actor, List<Runnable> forget) {
    ChannelStream stream = lock(handle, id);
    if (stream.state().isOver()) {
      return Standing.OVER;
    }
    if (stream.isPrepared()) {
      auditStop(handle, actor, stream, reason);
      forget.add(recorder.cancel(handle, stream, now, reason));
      return Standing.PREPARED;
    }
    if (!recorder.isHere(handle, id)) {
      return Standing.ELSEWHERE;
    }
    auditStop(handle, actor, stream, reason);
    return Standing.HERE;
  }

  /// Ends a stream of which its server has said nothing for long: that one is gone, or will be told
  /// with its next event.
  private void giveUp(Handle handle, StreamId id, Instant now, String reason, Actor actor) {
    ChannelStream stream = lock(handle, id);
    if (stream.state().isOver()) {
      throw isOver(stream);
    }
    if (isHeardOf(stream, now)) {
      throw new ConflictingException(
          "stream-elsewhere",
          "Stream %s is on air at another server, which told of it within %d s (expected: one of this server, or of one that is gone)."
              .formatted(id, GONE_AFTER.toSeconds()));
    }
    auditStop(handle, actor, stream, reason);
    recorder.giveUp(handle, stream, now, reason);
  }

  private static boolean isHeardOf(ChannelStream stream, Instant now) {
    Instant alive = stream.reconnectUntil().or(stream::seenAt).orElse(stream.createdAt());
    return alive.plus(GONE_AFTER).isAfter(now);
  }

  private void audited(StreamId id, String reason, Actor actor) {
    database.useTransaction(handle -> auditStop(handle, actor, lock(handle, id), reason));
  }

  private static ConflictingException isOver(ChannelStream stream) {
    return new ConflictingException(
        "stream-is-over",
        "Stream %s is over since %s (expected: one that is prepared or live)."
            .formatted(stream.id(), stream.end().orElseThrow().at()));
  }

  /// @return whether it was on air
  private boolean isStopped(StreamId id, String reason) {
    try {
      return live.stop(id, reason)
          .toCompletableFuture()
          .get(STOPPED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      return true; // it ends later, which the caller sees
    } catch (ExecutionException e) {
      throw new IllegalStateException("stream %s could not be stopped".formatted(id), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static void await(CompletableFuture<Void> over) {
    await(over, STOPPED_WITHIN);
  }

  /// Waits until another server has written the end.
  private void awaitRow(StreamId id, CompletableFuture<Void> over) {
    for (long waited = 0;
        waited < STOPPED_WITHIN.toMillis()
            && !Thread.currentThread().isInterrupted()
            && !find(id).state().isOver();
        waited += ROW_READ_EVERY.toMillis()) {
      await(over, ROW_READ_EVERY);
    }
  }

  private static void await(CompletableFuture<Void> over, Duration patience) {
    try {
      Void _ = over.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      return; // it ends later, which the caller sees
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails this", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private ChannelStream lock(Handle handle, StreamId id) {
    return streams.lock(handle, id).orElseThrow(() -> unknown(id.value()));
  }

  private void auditStop(Handle handle, Actor actor, ChannelStream stream, String reason) {
    Map<String, Object> details = Map.of("channel", stream.channel().value(), "reason", reason);
    audit(handle, actor, "stream-stopped", stream, details);
  }

  private void audit(
      Handle handle,
      Actor actor,
      String action,
      ChannelStream stream,
      Map<String, Object> details) {
    audit.append(
        handle,
        clock.instant(),
        actor,
        action,
        new Subject("stream", stream.id().value()),
        details);
  }

  private static UnknownException unknown(String name) {
    return new UnknownException("stream", name);
  }
}
