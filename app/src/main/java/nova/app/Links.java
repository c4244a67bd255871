package nova.app;

import java.util.OptionalInt;
import nova.app.config.AppConfig;
import nova.control.streamkey.StreamSecret;
import nova.core.ChannelSlug;

/// The addresses that people are shown.
///
/// *Immutable.*
///
/// @param rtmp the server to paste into OBS, such as `rtmp://localhost:1935/live`
/// @param http the viewers' base address without a slash at its end
/// @param playback the same of playlists
/// @param ready the line that says the server accepts: what listens, whatever viewers are told
/// @param localRtmp the RTMP server as this machine reaches it
/// @param localHttp the HTTP server as this machine reaches it
record Links(
    String rtmp, String http, String playback, String ready, String localRtmp, String localHttp) {
  private static final String RTMP_APP = "live"; // any name works; this one is what people expect

  /// Those of a server that does everything.
  static Links of(AppConfig config, int rtmpPort, int httpPort, OptionalInt httpsPort) {
    return of(config, OptionalInt.of(rtmpPort), httpPort, httpsPort);
  }

  /// Those of a service.
  ///
  /// @param listening the port of RTMP, if the service has one; otherwise broadcasters are sent to
  ///   that of the configuration
  static Links of(AppConfig config, OptionalInt listening, int httpPort, OptionalInt httpsPort) {
    int rtmpPort = listening.orElse(config.rtmp().port());
    String host = host(config.http().bind());
    String rtmpHost = host(config.rtmp().bind());
    String rtmp = "rtmp://%s:%d/%s".formatted(rtmpHost, rtmpPort, RTMP_APP);
    String plain = "http://%s:%d".formatted(host, httpPort);
    String viewers = plain;
    String ready =
        "nova ready %shttp=%s".formatted(listening.isPresent() ? "rtmp=" + rtmp + " " : "", plain);
    if (httpsPort.isPresent()) {
      viewers = "https://%s:%d".formatted(host, httpsPort.getAsInt());
      ready += " https=" + viewers;
    }
    String http = config.api().publicUrl().isEmpty() ? viewers : config.api().publicUrl();
    return new Links(
        rtmp,
        http,
        config.api().playbackUrl().isEmpty() ? http : config.api().playbackUrl(),
        ready,
        "rtmp://%s:%d/%s".formatted(loopback(rtmpHost), rtmpPort, RTMP_APP),
        "http://%s:%d".formatted(loopback(host), httpPort));
  }

  /// The URL with which this process publishes to itself.
  String publishLocally(StreamSecret secret) {
    return localRtmp + "/" + secret.value();
  }

  String watch(ChannelSlug channel) {
    return http + "/watch/" + channel;
  }

  String hls(ChannelSlug channel) {
    return playback + "/hls/" + channel + "/index.m3u8";
  }

  /// Both loopback addresses answer a server on all interfaces, but `localhost` may mean the other.
  private static String loopback(String host) {
    return host.equals("localhost") ? "127.0.0.1" : host;
  }

  private static String host(String bind) {
    return switch (bind) {
      case "0.0.0.0", "::", "[::]" -> "localhost";
      default -> bind.contains(":") && !bind.startsWith("[") ? "[" + bind + "]" : bind;
    };
  }
}
