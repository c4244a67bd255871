package nova.api.stream;

import java.net.URI;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// The addresses viewers use. Absolute when the operator named a public URL, else paths on the
/// server that was asked.
///
/// *Immutable.*
///
/// @param publicUrl without a trailing slash; may have a path when a proxy mounts the server below
///   one; empty when unknown
public record PlaybackLinks(String publicUrl) {
  /// The path below which a proxy shows this server, empty or starting with `/`.
  public String pathPrefix() {
    return publicUrl.isEmpty() ? "" : URI.create(publicUrl).getRawPath();
  }

  String hls(StreamId stream) {
    return publicUrl + "/hls/" + stream + "/index.m3u8";
  }

  /// As [#hls], but always a path: a page plays from the server it came from, whatever name that
  /// server was reached by.
  String hlsPath(StreamId stream) {
    return pathPrefix() + "/hls/" + stream + "/index.m3u8";
  }

  String watch(ChannelSlug channel) {
    return publicUrl + "/watch/" + channel;
  }

  String embed(ChannelSlug channel) {
    return publicUrl + "/embed/" + channel;
  }
}
