package nova.bench.viewer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import nova.bench.http.HttpLoop;

/// One emulated LL-HLS player with an address of its own: video and audio, each with a playlist and
/// a media connection.
///
/// *Confined to its loop's thread*, after the constructor.
final class Viewer {
  private final List<RenditionFollower> renditions = new ArrayList<>();

  Viewer(
      int number,
      HttpLoop loop,
      InetSocketAddress server,
      List<String> playlistPaths,
      SharedPlaylists shared,
      ViewerTotals totals)
      throws IOException {
    InetAddress address = ViewerAddresses.of(number);
    for (String path : playlistPaths) {
      renditions.add(
          new RenditionFollower(
              loop.connect(address, server), loop.connect(address, server), path, shared, totals));
    }
  }

  void start() {
    renditions.forEach(RenditionFollower::start);
  }

  void stop() {
    renditions.forEach(RenditionFollower::stop);
  }

  List<PlaybackClock> clocks() {
    return renditions.stream().map(RenditionFollower::clock).toList();
  }
}
