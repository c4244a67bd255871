package nova.segments;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// [TimelineStore] in memory. Lookups take no lock; changes of one stream are one after the other.
///
/// *Thread-safe.*
public final class InMemoryTimelineStore implements TimelineStore {
  private final FailedListener onFailure;
  private final ConcurrentMap<StreamId, Current> streams = new ConcurrentHashMap<>();
  private final ConcurrentMap<ChannelSlug, List<Current>> channels = new ConcurrentHashMap<>();
  private final List<ListenerRegistration> listeners = new CopyOnWriteArrayList<>();

  /// @param onFailure told when a listener throws; the other listeners still learn of the change
  public InMemoryTimelineStore(FailedListener onFailure) {
    this.onFailure = onFailure;
  }

  @Override
  public boolean put(TimelineSnapshot snapshot) {
    while (true) {
      Current current = streams.computeIfAbsent(snapshot.stream(), _ -> new Current());
      synchronized (current) {
        if (current.removed) {
          continue; // removed between the two lines above: put a new one
        }
        TimelineSnapshot before = current.snapshot;
        if (before != null && before.version() >= snapshot.version()) {
          return false;
        }
        current.snapshot = snapshot;
        if (before == null) {
          addTo(snapshot.channel(), current);
        }
        tell(snapshot);
        return true;
      }
    }
  }

  @Override
  public Optional<TimelineSnapshot> find(StreamId stream) {
    Current current = streams.get(stream);
    return current == null ? Optional.empty() : Optional.ofNullable(current.snapshot);
  }

  @Override
  public Optional<TimelineSnapshot> findLatest(ChannelSlug channel) {
    return channels.getOrDefault(channel, List.of()).stream()
        .map(current -> current.snapshot)
        .filter(Objects::nonNull)
        .max(Comparator.comparing(TimelineSnapshot::startedAt));
  }

  @Override
  public List<TimelineSnapshot> all() {
    List<TimelineSnapshot> all = new ArrayList<>();
    for (Current current : streams.values()) {
      TimelineSnapshot snapshot = current.snapshot;
      if (snapshot != null) {
        all.add(snapshot);
      }
    }
    return all;
  }

  @Override
  public void remove(StreamId stream) {
    Current current = streams.get(stream);
    if (current == null) {
      return;
    }
    synchronized (current) {
      TimelineSnapshot last = current.snapshot;
      if (current.removed || last == null) {
        return;
      }
      current.removed = true;
      streams.remove(stream, current);
      channels.computeIfPresent(last.channel(), (_, list) -> without(list, current));
      tell(last);
    }
  }

  @Override
  public Registration listen(Listener listener) {
    ListenerRegistration registration = new ListenerRegistration(listener);
    listeners.add(registration);
    return registration;
  }

  private void tell(TimelineSnapshot snapshot) {
    for (ListenerRegistration registration : listeners) {
      try {
        registration.listener.onChange(snapshot);
      } catch (RuntimeException | Error e) {
        onFailure.onFailure(snapshot, e);
      }
    }
  }

  private void addTo(ChannelSlug channel, Current current) {
    channels.merge(
        channel,
        List.of(current),
        (list, one) -> {
          List<Current> more = new ArrayList<>(list);
          more.addAll(one);
          return List.copyOf(more);
        });
  }

  private static @Nullable List<Current> without(List<Current> list, Current removed) {
    List<Current> fewer = list.stream().filter(current -> current != removed).toList();
    return fewer.isEmpty() ? null : fewer;
  }

  /// Learns that a listener threw: a programmer's error, or the JVM lacks something.
  @FunctionalInterface
  public interface FailedListener {
    void onFailure(TimelineSnapshot snapshot, Throwable failure);
  }

  /// The place of one stream's snapshot; its monitor orders changes and calls to listeners.
  private static final class Current {
    volatile @Nullable TimelineSnapshot snapshot;
    boolean removed;
  }

  /// Two registrations of the same listener are two.
  private final class ListenerRegistration implements Registration {
    final Listener listener;

    ListenerRegistration(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      listeners.remove(this);
    }
  }
}
