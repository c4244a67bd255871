package nova.bench.viewer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A stream on the air as its playlists describe it.
///
/// *Immutable.*
///
/// @param mediaPlaylists paths of the media playlists, video first
public record LiveStream(URI server, List<String> mediaPlaylists) {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Pattern MEDIA_URI = Pattern.compile("#EXT-X-MEDIA:.*URI=\"([^\"]+)\".*");

  public LiveStream {
    mediaPlaylists = List.copyOf(mediaPlaylists);
  }

  /// Reads the multivariant playlist of a channel, which the server holds until the stream has
  /// begun.
  public static LiveStream find(URI server, String channel)
      throws IOException, InterruptedException {
    URI index = server.resolve("/hls/" + channel + "/index.m3u8");
    List<String> playlists = new ArrayList<>();
    for (String line : get(index).lines().toList()) {
      Matcher media = MEDIA_URI.matcher(line);
      if (media.matches()) {
        playlists.add(index.resolve(media.group(1)).getPath());
      } else if (!line.isBlank() && !line.startsWith("#")) {
        playlists.addFirst(index.resolve(line.strip()).getPath());
      }
    }
    if (playlists.isEmpty()) {
      throw new IOException(index + " names no media playlist (expected: video and audio)");
    }
    return new LiveStream(server, playlists);
  }

  /// As [#find], of a server that does not know yet that there will be a stream: a delivery hears
  /// of it from others.
  public static LiveStream await(URI server, String channel)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return find(server, channel);
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(LOOK);
      }
    }
  }

  /// URI of the newest complete video segment.
  public URI newestSegment() throws IOException, InterruptedException {
    return newestSegments(1).getFirst();
  }

  /// URIs of the newest complete video segments.
  ///
  /// @throws IOException when the playlist has fewer
  public List<URI> newestSegments(int count) throws IOException, InterruptedException {
    URI playlist = server.resolve(mediaPlaylists.getFirst());
    List<URI> segments =
        get(playlist)
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> playlist.resolve(line.strip()))
            .toList();
    if (segments.size() < count) {
      throw new IOException(
          "%s has %d segments (expected: %d)".formatted(playlist, segments.size(), count));
    }
    return segments.subList(segments.size() - count, segments.size());
  }

  public static byte[] bytes(URI uri) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build();
    HttpResponse<byte[]> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException(uri + " answered with status " + response.statusCode());
    }
    return response.body();
  }

  private static String get(URI uri) throws IOException, InterruptedException {
    return new String(bytes(uri), StandardCharsets.UTF_8);
  }
}
