package nova.control.channel;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry.Subject;
import nova.control.audit.AuditLog;
import nova.control.database.ConflictException;
import nova.control.database.Database;
import nova.control.database.ListPosition;
import nova.control.error.ConflictingException;
import nova.control.error.StaleException;
import nova.control.error.UnknownException;
import nova.core.ChannelSlug;
import org.jdbi.v3.core.Handle;

/// Channels as operators make, change and remove them. Whoever calls waits for the database.
///
/// *Thread-safe.*
public final class Channels {
  private static final String SLUG_TAKEN = "channels_slug_unique";

  private final Database database;
  private final ChannelRepository channels;
  private final AuditLog audit;
  private final InstantSource clock;
  private final ChannelDeletion deletion;
  private final ChannelDirectory directory;

  public Channels(
      Database database,
      ChannelRepository channels,
      AuditLog audit,
      ChannelDeletion deletion,
      InstantSource clock) {
    this.deletion = deletion;
    this.database = database;
    this.channels = channels;
    this.audit = audit;
    this.clock = clock;
    this.directory = new ChannelDirectory(database, channels);
  }

  /// All channels in memory.
  public ChannelDirectory directory() {
    return directory;
  }

  /// Makes a channel.
  ///
  /// @param wanted what is different from a channel without a title that is listed and public
  /// @throws ConflictingException when there is one of that slug
  public Channel create(ChannelSlug slug, ChannelChange wanted, Actor actor) {
    Channel channel = Channel.create(slug, "", clock.instant()).with(wanted);
    try {
      database.useTransaction(handle -> insert(handle, channel, actor));
    } catch (ConflictException e) {
      if (e.constraint().equals(SLUG_TAKEN)) {
        throw new ConflictingException(
            "slug-taken", "There is a channel '%s' already; choose another slug.".formatted(slug));
      }
      throw e;
    }
    directory.put(channel);
    return channel;
  }

  /// The channel of a slug, made now if there is none.
  public Channel ensure(ChannelSlug slug, Actor actor) {
    Optional<Channel> found = database.inTransaction(handle -> channels.find(handle, slug));
    if (found.isPresent()) {
      return found.get();
    }
    try {
      return create(slug, ChannelChange.NONE, actor);
    } catch (ConflictingException e) {
      return find(slug); // another server was faster
    }
  }

  /// The channel of a slug.
  ///
  /// @throws UnknownException when there is none
  public Channel find(ChannelSlug slug) {
    return database.inTransaction(handle -> find(handle, slug));
  }

  /// The oldest first.
  ///
  /// @param after where the page before ended, or the first page
  public List<Channel> list(Optional<ListPosition<ChannelId>> after, int limit) {
    return database.inTransaction(handle -> channels.list(handle, after, limit));
  }

  /// Changes a channel.
  ///
  /// @param ifVersion that it must have
  /// @throws StaleException when it has another one
  /// @throws UnknownException when there is none
  public Channel update(
      ChannelSlug slug, ChannelChange change, Optional<Long> ifVersion, Actor actor) {
    Channel changed =
        database.inTransaction(
            handle -> {
              Channel before = channels.lock(handle, slug).orElseThrow(() -> unknown(slug));
              requireVersion(before, ifVersion);
              Channel after = before.with(change);
              if (after.equals(before)) {
                return before;
              }
              audit(handle, actor, "channel-updated", after, Map.of("fields", named(change)));
              return channels.update(handle, after, clock.instant()).orElseThrow();
            });
    directory.put(changed);
    return changed;
  }

  /// Removes a channel with its keys, its tokens and the record of its streams.
  ///
  /// @param ifVersion that it must have
  /// @throws ConflictingException while it is live
  /// @throws StaleException when it has another version
  /// @throws UnknownException when there is none
  public void delete(ChannelSlug slug, Optional<Long> ifVersion, Actor actor) {
    List<Runnable> elsewhere = new ArrayList<>();
    try {
      Channel gone =
          database.inTransaction(
              handle -> {
                Channel channel = channels.lock(handle, slug).orElseThrow(() -> unknown(slug));
                requireVersion(channel, ifVersion);
                if (channels.isLive(handle, channel.id())) {
                  throw new ConflictingException(
                      "channel-is-live",
                      "Channel '%s' is live; stop its stream before you delete it."
                          .formatted(slug));
                }
                audit(handle, actor, "channel-deleted", channel, Map.of());
                elsewhere.add(deletion.deleting(handle, channel.id()));
                boolean _ = channels.delete(handle, channel.id());
                return channel;
              });
      directory.remove(gone);
    } finally {
      elsewhere.forEach(Runnable::run); // also when nobody knows whether it was written
    }
  }

  private void insert(Handle handle, Channel channel, Actor actor) {
    channels.insert(handle, channel);
    audit(handle, actor, "channel-created", channel, Map.of());
  }

  private Channel find(Handle handle, ChannelSlug slug) {
    return channels.find(handle, slug).orElseThrow(() -> unknown(slug));
  }

  private void audit(
      Handle handle, Actor actor, String action, Channel channel, Map<String, Object> details) {
    audit.append(
        handle,
        clock.instant(),
        actor,
        action,
        new Subject("channel", channel.slug().value()),
        details);
  }

  private static List<String> named(ChannelChange change) {
    return Map.of(
            "title", change.title().isPresent(),
            "broadcasterId", change.broadcasterId().isPresent(),
            "listed", change.listed().isPresent(),
            "playback", change.playback().isPresent())
        .entrySet()
        .stream()
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static void requireVersion(Channel channel, Optional<Long> wanted) {
    if (wanted.isPresent() && wanted.get() != channel.version()) {
      throw new StaleException(wanted.get(), channel.version());
    }
  }

  private static UnknownException unknown(ChannelSlug slug) {
    return new UnknownException("channel", slug.value());
  }
}
