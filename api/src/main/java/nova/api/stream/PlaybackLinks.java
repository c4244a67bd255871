package nova.api.stream;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// The addresses viewers use. Absolute when the operator named a public URL, else paths on the
/// server that was asked.
///
/// *Immutable.*
///
/// @param publicUrl without a trailing slash; may have a path when a proxy mounts the server below
///   one; empty when unknown
/// @param playbackUrl the origin of playlists, media and posters, without a slash; empty when that
///   is this server
/// @param posters when the poster of a stream was taken; empty while it has none
public record PlaybackLinks(
    String publicUrl, String playbackUrl, Function<StreamId, Optional<Instant>> posters) {
  /// The path below which a proxy shows this server, empty or starting with `/`.
  public String pathPrefix() {
    return publicUrl.isEmpty() ? "" : URI.create(publicUrl).getRawPath();
  }

  String hls(StreamId stream) {
    return (playbackUrl.isEmpty() ? publicUrl : playbackUrl) + "/hls/" + stream + "/index.m3u8";
  }

  /// As [#hls], but a path unless playback is elsewhere: a page plays from the server it came from,
  /// whatever name that server was reached by.
  String hlsOfPage(StreamId stream) {
    return (playbackUrl.isEmpty() ? pathPrefix() : playbackUrl) + "/hls/" + stream + "/index.m3u8";
  }

  /// The stream's latest poster, under another address each time there is a newer one; null while
  /// there is none.
  @Nullable String poster(StreamId stream) {
    return poster(playbackUrl.isEmpty() ? publicUrl : playbackUrl, stream);
  }

  /// As [#poster], but a path unless playback is elsewhere; see [#hlsOfPage].
  @Nullable String posterOfPage(StreamId stream) {
    return poster(playbackUrl.isEmpty() ? pathPrefix() : playbackUrl, stream);
  }

  private @Nullable String poster(String prefix, StreamId stream) {
    return posters
        .apply(stream)
        .map(at -> "%s/media/%s/poster.jpg?t=%d".formatted(prefix, stream, at.toEpochMilli()))
        .orElse(null);
  }

  String watch(ChannelSlug channel) {
    return publicUrl + "/watch/" + channel;
  }

  String embed(ChannelSlug channel) {
    return publicUrl + "/embed/" + channel;
  }
}
