package nova.app.e2e;

import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nova.app.e2e.LivePlaylist.Segment;
import nova.testkit.Ffprobe;
import nova.testkit.Ffprobe.Packet;

/// What ffprobe finds in a segment behind its header.
///
/// *Thread-safe.*
final class SegmentPackets {
  private SegmentPackets() {}

  /// @param base any address of the server
  static List<Packet> of(HttpClient http, URI base, Segment segment, Path directory)
      throws Exception {
    Path file = Files.createTempFile(directory, "segment", ".mp4");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (String part : List.of(segment.map(), segment.uri())) {
        // Playlists name media relative to themselves, two folders below.
        URI uri = base.resolve("/").resolve(part.replaceFirst("^(\\.\\./)+", ""));
        out.write(
            http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray()).body());
      }
    }
    return Ffprobe.packets(file.toString());
  }
}
