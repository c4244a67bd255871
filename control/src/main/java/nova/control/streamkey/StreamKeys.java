package nova.control.streamkey;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry.Subject;
import nova.control.audit.AuditLog;
import nova.control.channel.Channel;
import nova.control.channel.ChannelId;
import nova.control.channel.ChannelRepository;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.ListPosition;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.UnknownException;
import nova.control.secret.Secrets;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import org.jdbi.v3.core.Handle;

/// Stream keys as operators make and take them, and as publishers show them. Whoever calls waits
/// for the database; only [#check] of a key that was used lately does not.
///
/// *Thread-safe.*
public final class StreamKeys {
  /// A rotated key works on for no longer.
  public static final Duration MAX_OVERLAP = Duration.ofDays(30);

  /// No channel has more keys that work.
  public static final int MAX_PER_CHANNEL = 100;

  /// Of keys that do not work any more, so many stay with a channel, and those of the last day. The
  /// audit log tells of the others.
  public static final int ENDED_KEPT_PER_CHANNEL = 100;

  // Not shorter than caches know a key: one that ended elsewhere may still be known here.
  private static final Duration ENDED_KEPT = Duration.ofDays(1);

  private final Database database;
  private final StreamKeyRepository keys;
  private final ChannelRepository channels;
  private final AuditLog audit;
  private final StreamKeyCache cache;
  private final LiveKeys live;
  private final InstantSource clock;
  private final RandomGenerator random;

  /// @param random nobody can guess what it gives; used by several threads
  public StreamKeys(
      Database database,
      StreamKeyRepository keys,
      ChannelRepository channels,
      AuditLog audit,
      StreamKeyCache cache,
      LiveKeys live,
      InstantSource clock,
      RandomGenerator random) {
    this.database = database;
    this.keys = keys;
    this.channels = channels;
    this.audit = audit;
    this.cache = cache;
    this.live = live;
    this.clock = clock;
    this.random = random;
  }

  /// Makes a key for a channel.
  ///
  /// @throws ConflictingException when the channel has [#MAX_PER_CHANNEL] that work
  /// @throws InvalidFieldException when the terms cannot be
  /// @throws UnknownException when there is no such channel
  public IssuedKey create(ChannelSlug slug, KeyTerms terms, Actor actor) {
    return database.inTransaction(handle -> create(handle, lock(handle, slug), terms, actor));
  }

  /// Makes a key for a channel unless there is a key of any channel. Of several servers that ask
  /// for it at once, for the same channel, one gets it.
  ///
  /// @throws UnknownException when there is no such channel
  public Optional<IssuedKey> createFirst(ChannelSlug slug, KeyTerms terms, Actor actor) {
    return database.inTransaction(
        handle -> {
          Channel channel = lock(handle, slug); // so that the others wait and find ours
          return keys.isEmpty(handle)
              ? Optional.of(create(handle, channel, terms, actor))
              : Optional.empty();
        });
  }

  private Channel lock(Handle handle, ChannelSlug slug) {
    return channels
        .lock(handle, slug)
        .orElseThrow(() -> new UnknownException("channel", slug.value()));
  }

  private IssuedKey create(Handle handle, Channel channel, KeyTerms terms, Actor actor) {
    requireRoom(handle, channel);
    IssuedKey issued = issue(handle, channel, terms);
    audit(handle, actor, "stream-key-created", issued.key(), channel.slug(), Map.of());
    return issued;
  }

  /// Makes a key in place of another, which works on for a while. Each is replaced once: its expiry
  /// is then the end of that while, which another replacement would have in turn.
  ///
  /// @param overlap how long; zero to revoke it at once
  /// @throws ConflictingException when the key was replaced before, does not work any more, or
  ///   would go on to work beside [#MAX_PER_CHANNEL] others
  /// @throws InvalidFieldException when the overlap is negative or longer than [#MAX_OVERLAP]
  /// @throws UnknownException when there is none
  public IssuedKey rotate(StreamKeyId id, Duration overlap, Actor actor) {
    if (overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0) {
      throw new InvalidFieldException(
          "overlapSeconds",
          "overlapSeconds is %d (expected: 0..%d)."
              .formatted(overlap.toSeconds(), MAX_OVERLAP.toSeconds()));
    }
    Instant now = clock.instant();
    ChannelKey old = database.inTransaction(handle -> find(handle, id));
    IssuedKey next =
        forgettingAnyway(
            old,
            () ->
                database.inTransaction(
                    handle -> {
                      // The channel first, as everybody locks.
                      Channel channel = lockChannel(handle, old);
                      ChannelKey key = lock(handle, id);
                      requireNotReplaced(handle, key);
                      requireValid(key, now);
                      if (overlap.isZero()) {
                        boolean _ = keys.revoke(handle, id, now);
                      } else {
                        requireRoom(handle, channel);
                        boolean _ = keys.expire(handle, id, now.plus(overlap));
                      }
                      return replace(handle, channel, key, overlap, actor);
                    }));
    if (overlap.isZero()) {
      live.drop(id, "The stream key was replaced by another.");
    }
    return next;
  }

  private IssuedKey replace(
      Handle handle, Channel channel, ChannelKey old, Duration overlap, Actor actor) {
    KeyTerms same = new KeyTerms(old.label(), old.allowedNetworks(), old.expiresAt());
    IssuedKey next = issue(handle, channel, same);
    keys.replace(handle, old.id(), next.key().id());
    Map<String, Object> details =
        Map.of(
            "replacement", next.key().id().toString(),
            "overlapSeconds", overlap.toSeconds());
    audit(handle, actor, "stream-key-rotated", old, channel.slug(), details);
    return next;
  }

  /// Takes a key back for good, and ends what is published with it. Idempotent.
  ///
  /// @throws UnknownException when there is none
  public ChannelKey revoke(StreamKeyId id, Actor actor) {
    Instant now = clock.instant();
    ChannelKey key = database.inTransaction(handle -> find(handle, id));
    ChannelKey revoked =
        forgettingAnyway(
            key,
            () ->
                database.inTransaction(
                    handle -> {
                      if (keys.revoke(handle, id, now)) {
                        audit(
                            handle,
                            actor,
                            "stream-key-revoked",
                            key,
                            slugOf(handle, key),
                            Map.of());
                      }
                      return lock(handle, id);
                    }));
    live.drop(id, "The stream key was revoked.");
    return revoked;
  }

  /// Also when it is not known whether the change was written.
  private <T> T forgettingAnyway(ChannelKey key, Supplier<T> change) {
    try {
      return change.get();
    } finally {
      cache.forget(key.sha256());
    }
  }

  /// A key and what it opens.
  ///
  /// @throws UnknownException when there is none
  public KnownKey find(StreamKeyId id) {
    return database.inTransaction(handle -> known(handle, find(handle, id)));
  }

  /// Keys of a channel, the oldest first, also those that do not work any more.
  ///
  /// @param after where the page before ended, or the first page
  /// @throws UnknownException when there is no such channel
  public List<ChannelKey> list(
      ChannelSlug slug, Optional<ListPosition<StreamKeyId>> after, int limit) {
    return database.inTransaction(
        handle ->
            keys.list(
                handle,
                channels
                    .find(handle, slug)
                    .orElseThrow(() -> new UnknownException("channel", slug.value()))
                    .id(),
                after,
                limit));
  }

  /// Whether no key has ever been made for the channels there are.
  public boolean isEmpty() {
    return database.inTransaction(keys::isEmpty);
  }

  /// Whether somebody may publish.
  ///
  /// @param address of the publisher, written as numbers
  /// @throws DatabaseAwayException when the key is not cached and the database cannot be asked
  public KeyCheck check(String secret, String address) {
    Bytes sha256 = Secrets.sha256(secret);
    Optional<KnownKey> found = cache.find(sha256, () -> load(sha256));
    return found
        .map(known -> decide(known, address))
        .orElseGet(
            () ->
                new KeyCheck.Refused(
                    "unknown-key",
                    "The stream key is not known here; check it in the encoder's settings."));
  }

  /// The stream that the next broadcast of a channel is to be, if one was prepared; of the
  /// database, for whoever is let in with a key that is not there.
  ///
  /// @throws DatabaseAwayException when the database cannot be asked
  public Optional<StreamId> prepared(ChannelSlug slug) {
    return database.inTransaction(
        handle ->
            channels
                .find(handle, slug)
                .flatMap(channel -> keys.preparedStream(handle, channel.id())));
  }

  /// What the keys of a channel open is about to change in this transaction.
  ///
  /// @return to be run when it has, or may have
  public Runnable forgetting(Handle handle, ChannelId channel) {
    List<Bytes> affected = keys.hashes(handle, channel, clock.instant().minus(ENDED_KEPT));
    return () -> affected.forEach(cache::forget);
  }

  /// What a key opens has changed, perhaps at another server.
  ///
  /// @return to be run when it is known
  public Runnable forgetting(ChannelKey key) {
    return () -> cache.forget(key.sha256());
  }

  private KeyCheck decide(KnownKey known, String address) {
    ChannelKey key = known.key();
    if (key.revokedAt().isPresent()) {
      return new KeyCheck.Refused(
          "revoked-key", "This stream key was revoked; ask the operator for another one.");
    }
    if (!key.isValidAt(clock.instant())) {
      return new KeyCheck.Refused(
          "expired-key",
          "This stream key expired at %s; ask the operator for another one."
              .formatted(key.expiresAt().orElseThrow()));
    }
    if (!key.isFor(address)) {
      return new KeyCheck.Refused(
          "network-not-allowed",
          "This stream key may not be used from %s; ask the operator to allow it."
              .formatted(address));
    }
    return new KeyCheck.Accepted(key.id(), known.channel(), known.prepared());
  }

  private Optional<KnownKey> load(Bytes sha256) {
    return database.inTransaction(
        handle -> keys.find(handle, sha256).map(key -> known(handle, key)));
  }

  private KnownKey known(Handle handle, ChannelKey key) {
    Optional<StreamId> prepared = keys.preparedStream(handle, key.channel());
    return new KnownKey(key, slugOf(handle, key), prepared);
  }

  private ChannelSlug slugOf(Handle handle, ChannelKey key) {
    return channels.find(handle, key.channel()).orElseThrow().slug();
  }

  private IssuedKey issue(Handle handle, Channel channel, KeyTerms terms) {
    Instant now = clock.instant();
    keys.removeEnded(handle, channel.id(), now.minus(ENDED_KEPT), ENDED_KEPT_PER_CHANNEL);
    StreamSecret secret = StreamSecret.random(random);
    ChannelKey key = ChannelKey.create(channel.id(), secret.sha256(), terms, now);
    keys.insert(handle, key);
    return new IssuedKey(key, channel.slug(), secret);
  }

  private void requireRoom(Handle handle, Channel channel) {
    int working = keys.working(handle, channel.id(), clock.instant());
    if (working >= MAX_PER_CHANNEL) {
      throw new ConflictingException(
          "too-many-stream-keys",
          "Channel '%s' has %d stream keys that work (expected: at most %d); revoke some first."
              .formatted(channel.slug(), working, MAX_PER_CHANNEL));
    }
  }

  private void requireNotReplaced(Handle handle, ChannelKey key) {
    Optional<StreamKeyId> replacement = keys.replacementOf(handle, key.id());
    if (replacement.isPresent()) {
      throw new ConflictingException(
          "stream-key-replaced",
          "Stream key %s was replaced by %s already; rotate that one, or revoke this one."
              .formatted(key.id(), replacement.get()));
    }
  }

  private static void requireValid(ChannelKey key, Instant now) {
    if (!key.isValidAt(now)) {
      throw new ConflictingException(
          "stream-key-not-valid",
          "Stream key %s does not work any more; create a new one instead.".formatted(key.id()));
    }
  }

  private ChannelKey find(Handle handle, StreamKeyId id) {
    return keys.find(handle, id).orElseThrow(() -> unknown(id));
  }

  private Channel lockChannel(Handle handle, ChannelKey key) {
    return channels
        .find(handle, key.channel())
        .flatMap(channel -> channels.lock(handle, channel.slug()))
        .filter(channel -> channel.id().equals(key.channel()))
        .orElseThrow(() -> unknown(key.id()));
  }

  private ChannelKey lock(Handle handle, StreamKeyId id) {
    return keys.lock(handle, id).orElseThrow(() -> unknown(id));
  }

  private void audit(
      Handle handle,
      Actor actor,
      String action,
      ChannelKey key,
      ChannelSlug channel,
      Map<String, Object> details) {
    Map<String, Object> all = new TreeMap<>(details);
    all.put("channel", channel.value());
    audit.append(
        handle,
        clock.instant(),
        actor,
        action,
        new Subject("stream-key", key.id().toString()),
        all);
  }

  private static UnknownException unknown(StreamKeyId id) {
    return new UnknownException("stream-key", id.toString());
  }
}
