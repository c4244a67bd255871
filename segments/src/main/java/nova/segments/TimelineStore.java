package nova.segments;

import java.util.List;
import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// Port: the current [TimelineSnapshot] of every stream, and word of its changes.
///
/// *Thread-safe.*
public interface TimelineStore {
  /// Replaces the stream's snapshot if `snapshot` has a higher version than the stored one, and
  /// tells the listeners after it is visible.
  ///
  /// @return false when a snapshot of the same or a higher version was there; nothing changed then
  boolean put(TimelineSnapshot snapshot);

  Optional<TimelineSnapshot> find(StreamId stream);

  /// The newest stream of a channel by `startedAt`, over or not.
  Optional<TimelineSnapshot> findLatest(ChannelSlug channel);

  /// Snapshots of all streams, in no order.
  List<TimelineSnapshot> all();

  /// Forgets the stream. Listeners are told with its last snapshot. Idempotent.
  void remove(StreamId stream);

  /// Calls `listener` after every change until the registration is closed. It is called on the
  /// writer's thread, for one stream in order of versions, and must return at once.
  Registration listen(Listener listener);

  /// Learns of changes; see [#listen].
  @FunctionalInterface
  interface Listener {
    void onChange(TimelineSnapshot snapshot);
  }

  /// Ends a listener's registration when closed; closing twice is harmless.
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
