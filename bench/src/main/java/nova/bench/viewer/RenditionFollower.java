package nova.bench.viewer;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import nova.bench.http.HttpConnection;
import nova.bench.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/// One rendition of one viewer: a connection that reloads the playlist, blocking, and one that
/// fetches parts, the hinted one ahead of time.
///
/// A part counts for the buffer once it is downloaded and listed, because only the listing tells
/// its duration.
///
/// *Confined to its loop's thread.*
final class RenditionFollower {
  /// How far behind the live edge playback begins: PART-HOLD-BACK.
  private static final double HOLD_BACK_SECONDS = 1.002;

  private static final int REMEMBERED_PARTS = 64;

  private final HttpConnection playlists;
  private final HttpConnection media;
  private final String playlistPath;
  private final SharedPlaylists shared;
  private final ViewerTotals totals;
  private final PlaybackClock clock = new PlaybackClock();

  /// Listed or hinted parts that are to be fetched, in order.
  private final Deque<String> wanted = new ArrayDeque<>();

  private final Map<String, Boolean> downloaded = new HashMap<>();
  private final Map<String, Double> listedDurations = new HashMap<>();
  private final Deque<String> remembered = new ArrayDeque<>();
  private boolean joined;
  private boolean fetching;
  private boolean stopped;

  RenditionFollower(
      HttpConnection playlists,
      HttpConnection media,
      String playlistPath,
      SharedPlaylists shared,
      ViewerTotals totals) {
    this.playlists = playlists;
    this.media = media;
    this.playlistPath = playlistPath;
    this.shared = shared;
    this.totals = totals;
  }

  PlaybackClock clock() {
    return clock;
  }

  void start() {
    reload(playlistPath);
  }

  /// Requests nothing more.
  void stop() {
    stopped = true;
  }

  private void reload(String path) {
    playlists.get(
        path,
        true,
        new Answer() {
          @Override
          void accept(HttpResponse response) throws IOException {
            onPlaylist(shared.read(playlistPath, response), response.lastByteNanos());
          }
        });
  }

  private void onPlaylist(LivePlaylist playlist, long now) {
    int first = joined ? 0 : joinAt(playlist);
    for (LivePlaylist.Part part : playlist.parts().subList(first, playlist.parts().size())) {
      if (listedDurations.putIfAbsent(part.uri(), part.durationSeconds()) == null) {
        want(part.uri());
        credit(part.uri(), now);
      }
    }
    joined = true;
    if (playlist.hint() != null) {
      want(playlist.hint());
    }
    fetchNext(now);
    if (!stopped && !playlist.ended()) {
      reload(
          "%s?_HLS_msn=%d&_HLS_part=%d"
              .formatted(playlistPath, playlist.nextSegment(), playlist.nextPart()));
    }
  }

  /// The last part that begins with a keyframe at least the hold-back before the live edge; earlier
  /// ones are marked as known, so that they are not fetched.
  private int joinAt(LivePlaylist playlist) {
    double fromEdge = 0;
    int join = 0;
    for (int i = playlist.parts().size() - 1; i >= 0; i--) {
      fromEdge += playlist.parts().get(i).durationSeconds();
      if (fromEdge >= HOLD_BACK_SECONDS && playlist.parts().get(i).independent()) {
        join = i;
        break;
      }
    }
    for (LivePlaylist.Part skipped : playlist.parts().subList(0, join)) {
      listedDurations.put(skipped.uri(), skipped.durationSeconds());
    }
    return join;
  }

  private void want(String uri) {
    if (downloaded.putIfAbsent(uri, false) == null) {
      wanted.add(uri);
      remembered.add(uri);
      if (remembered.size() > REMEMBERED_PARTS) {
        String forgotten = remembered.remove();
        downloaded.remove(forgotten);
        listedDurations.remove(forgotten);
      }
    }
  }

  private void fetchNext(long now) {
    if (fetching || stopped) {
      return;
    }
    String uri = wanted.poll();
    if (uri == null) {
      return;
    }
    if (!clock.playing() && !listedDurations.containsKey(uri)) {
      clock.start(now, HOLD_BACK_SECONDS); // all that was listed is here; this is the hint
    }
    fetching = true;
    media.get(
        URI.create(playlistPath).resolve(uri).toString(),
        false,
        new Answer() {
          @Override
          void accept(HttpResponse response) {
            fetching = false;
            totals.addMedia(response.bodyLength());
            downloaded.put(uri, true);
            credit(uri, response.lastByteNanos());
            fetchNext(response.lastByteNanos());
          }

          @Override
          void refuse(HttpResponse response) throws IOException {
            // A segment that ends early withdraws the hint; the next playlist has another.
            if (response.status() != 404 || listedDurations.containsKey(uri)) {
              super.refuse(response);
            }
            fetching = false;
            totals.addWithdrawnHint();
            fetchNext(response.lastByteNanos());
          }
        });
  }

  private void credit(String uri, long now) {
    @Nullable Double seconds = listedDurations.get(uri);
    if (clock.playing() && seconds != null && Boolean.TRUE.equals(downloaded.get(uri))) {
      clock.append(now, seconds);
    }
  }

  /// An outcome whose failures are counted and end this follower.
  private abstract class Answer implements HttpConnection.Outcome {
    abstract void accept(HttpResponse response) throws IOException;

    /// Deals with an answer other than 200.
    void refuse(HttpResponse response) throws IOException {
      throw new IOException("status " + response.status());
    }

    @Override
    public void onResponse(HttpResponse response) {
      try {
        totals.addResponse();
        if (response.status() == 200) {
          accept(response);
        } else {
          refuse(response);
        }
      } catch (IOException e) {
        onFailure(e);
      }
    }

    @Override
    public void onFailure(IOException reason) {
      if (!stopped) {
        stopped = true;
        totals.addFailure(playlistPath + ": " + reason.getMessage());
      }
    }
  }
}
