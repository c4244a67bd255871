package nova.control.channel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nova.control.database.Database;
import nova.core.ChannelSlug;

/// All channels in memory, for those who must be answered at once and while the database is away.
/// Changes made here are seen at once, those made by other servers with the next [#refresh].
///
/// *Thread-safe.*
public final class ChannelDirectory {
  private final Database database;
  private final ChannelRepository channels;
  private volatile Map<ChannelSlug, Channel> bySlug = Map.of();
  private String fingerprint = ""; // guarded by this
  private long changes; // made here; guarded by this

  /// Knows nothing before the first [#refresh].
  public ChannelDirectory(Database database, ChannelRepository channels) {
    this.database = database;
    this.channels = channels;
  }

  /// A channel as it was when last seen.
  public Optional<Channel> find(ChannelSlug slug) {
    return Optional.ofNullable(bySlug.get(slug));
  }

  /// Looks whether something changed elsewhere.
  ///
  /// @throws nova.control.database.DatabaseAwayException when that cannot be known; what was known
  ///   stays
  public void refresh() {
    String known;
    long seen;
    synchronized (this) {
      known = fingerprint;
      seen = changes;
    }
    String now = database.inTransaction(channels::fingerprint);
    if (now.equals(known)) {
      return;
    }
    List<Channel> all = database.inTransaction(channels::all);
    synchronized (this) {
      if (seen == changes) { // else what was read may be older than what is known
        Map<ChannelSlug, Channel> next = HashMap.newHashMap(all.size());
        all.forEach(channel -> next.put(channel.slug(), channel));
        bySlug = Map.copyOf(next);
        fingerprint = now;
      }
    }
  }

  synchronized void put(Channel channel) {
    Map<ChannelSlug, Channel> next = new HashMap<>(bySlug);
    next.merge(channel.slug(), channel, (old, given) -> given.isLaterThan(old) ? given : old);
    changedHere(next);
  }

  synchronized void remove(Channel channel) {
    Map<ChannelSlug, Channel> next = new HashMap<>(bySlug);
    next.computeIfPresent(
        channel.slug(), (_, known) -> known.id().equals(channel.id()) ? null : known);
    changedHere(next);
  }

  /// What was written last need not come here last, so the next [#refresh] reads all.
  private synchronized void changedHere(Map<ChannelSlug, Channel> next) {
    bySlug = Map.copyOf(next);
    changes++;
    fingerprint = "";
  }
}
