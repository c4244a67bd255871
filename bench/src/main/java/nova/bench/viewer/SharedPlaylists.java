package nova.bench.viewer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import nova.bench.http.HttpResponse;
import nova.core.Bytes;

/// Reads each playlist body once for all viewers.
///
/// Players unpack and read on their own machines; here that work would be charged to the machine
/// under test. All viewers of a rendition get the same bytes, so comparing them with the last ones
/// is enough.
///
/// *Confined to its loop's thread.*
final class SharedPlaylists {
  private record Read(Bytes body, LivePlaylist playlist) {}

  private final Map<String, Read> newest = new HashMap<>();

  LivePlaylist read(String playlistPath, HttpResponse response) throws IOException {
    Read last = newest.get(playlistPath);
    if (last != null && last.body().equals(response.body())) {
      return last.playlist();
    }
    LivePlaylist playlist = LivePlaylist.read(unpacked(response));
    newest.put(playlistPath, new Read(response.body(), playlist));
    return playlist;
  }

  private static Bytes unpacked(HttpResponse response) throws IOException {
    if (!response.gzip()) {
      return response.body();
    }
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(response.body().toByteArray()))) {
      return Bytes.wrap(in.readAllBytes());
    }
  }
}
