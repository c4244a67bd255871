package nova.delivery;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.media.hls.MediaPlaylist;
import nova.media.hls.MediaPlaylistWriter;
import nova.media.hls.MultivariantPlaylistWriter;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.segments.TimelineStore;
import org.jspecify.annotations.Nullable;

/// The newest rendered bodies of every stream. A body is made by the first request for it, at most
/// once per version of the rendition and kind (whole or delta update), and shared by all requests
/// on all event loops. Only the newest version is kept; a request that comes with an older snapshot
/// gets the newer body, which is as good an answer.
///
/// Rendition reports are not renewed when only the other rendition has changed: they lag by at most
/// one part, which a player that switches does not notice.
///
/// *Thread-safe.*
public final class PlaylistCache {
  private final ConcurrentMap<StreamId, StreamPlaylists> streams = new ConcurrentHashMap<>();
  private final TimelineStore timelines;
  private final DeliveryMetrics metrics;

  public PlaylistCache(TimelineStore timelines, DeliveryMetrics metrics) {
    this.timelines = timelines;
    this.metrics = metrics;
  }

  /// The multivariant playlist; [MultivariantRenderer#hasContent] must hold.
  public RenderedPlaylist multivariant(TimelineSnapshot snapshot) {
    return of(snapshot)
        .multivariant
        .get(
            new Stamp(snapshot.version(), snapshot.version(), snapshot.state()),
            () ->
                render(
                    RequestKind.MULTIVARIANT_PLAYLIST,
                    MultivariantPlaylistWriter.write(
                        MultivariantRenderer.multivariantPlaylist(snapshot))));
  }

  /// A media playlist.
  ///
  /// @param delta whether a delta update is welcome
  public RenderedPlaylist media(
      TimelineSnapshot snapshot, RenditionTimeline rendition, boolean delta) {
    return of(snapshot)
        .media
        .computeIfAbsent(new MediaKey(rendition.id(), delta), _ -> new Slot())
        .get(
            new Stamp(snapshot.version(), rendition.version(), snapshot.state()),
            () -> {
              MediaPlaylist whole = PlaylistRenderer.mediaPlaylist(snapshot, rendition);
              MediaPlaylist wanted = delta ? whole.asDelta().orElse(whole) : whole;
              return render(RequestKind.MEDIA_PLAYLIST, MediaPlaylistWriter.write(wanted));
            });
  }

  /// Drops the bodies of a stream.
  public void forget(StreamId stream) {
    streams.remove(stream);
  }

  /// Streams with bodies.
  int size() {
    return streams.size();
  }

  private StreamPlaylists of(TimelineSnapshot snapshot) {
    StreamPlaylists known = streams.get(snapshot.stream());
    if (known != null) {
      return known;
    }
    StreamPlaylists made = streams.computeIfAbsent(snapshot.stream(), _ -> new StreamPlaylists());
    if (timelines.find(snapshot.stream()).isEmpty()) {
      streams.remove(snapshot.stream()); // removed meanwhile: nobody would call forget again
    }
    return made;
  }

  private RenderedPlaylist render(RequestKind kind, String text) {
    RenderedPlaylist rendered = RenderedPlaylist.of(text);
    metrics.playlistRendered(kind, rendered.plain().length(), rendered.gzip().length());
    return rendered;
  }

  private record MediaKey(RenditionId rendition, boolean delta) {}

  private static final class StreamPlaylists {
    final Slot multivariant = new Slot();
    final ConcurrentMap<MediaKey, Slot> media = new ConcurrentHashMap<>();
  }

  /// What a body was made from.
  private record Stamp(long snapshotVersion, long version, TimelineState state) {
    boolean serves(Stamp wanted) {
      return snapshotVersion > wanted.snapshotVersion
          || (version == wanted.version && state == wanted.state);
    }
  }

  private record Entry(Stamp stamp, RenderedPlaylist playlist) {}

  private static final class Slot {
    private volatile @Nullable Entry newest;

    RenderedPlaylist get(Stamp wanted, Supplier<RenderedPlaylist> renderer) {
      Entry entry = newest;
      if (entry != null && entry.stamp.serves(wanted)) {
        return entry.playlist;
      }
      // Held for the fraction of a millisecond that rendering takes; the loops that wait here would
      // otherwise spend the same time on making the same bytes.
      synchronized (this) {
        entry = newest;
        if (entry == null || !entry.stamp.serves(wanted)) {
          entry = new Entry(wanted, renderer.get());
          newest = entry;
        }
        return entry.playlist;
      }
    }
  }
}
