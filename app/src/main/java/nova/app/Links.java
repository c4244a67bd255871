package nova.app;

import java.util.OptionalInt;
import nova.app.config.AppConfig;
import nova.core.ChannelSlug;

/// The addresses that people are shown.
///
/// *Immutable.*
///
/// @param rtmp the server to paste into OBS, such as `rtmp://localhost:1935/live`
/// @param http the viewers' base address without a slash at its end
record Links(String rtmp, String http) {
  private static final String RTMP_APP = "live"; // any name works; this one is what people expect

  static Links of(AppConfig config, int rtmpPort, int httpPort, OptionalInt httpsPort) {
    String host = host(config.bind());
    String http =
        httpsPort.isPresent()
            ? "https://%s:%d".formatted(host, httpsPort.getAsInt())
            : "http://%s:%d".formatted(host, httpPort);
    return new Links(
        "rtmp://%s:%d/%s".formatted(host, rtmpPort, RTMP_APP),
        config.api().publicUrl().isEmpty() ? http : config.api().publicUrl());
  }

  String watch(ChannelSlug channel) {
    return http + "/watch/" + channel;
  }

  String hls(ChannelSlug channel) {
    return http + "/hls/" + channel + "/index.m3u8";
  }

  private static String host(String bind) {
    return switch (bind) {
      case "0.0.0.0", "::", "[::]" -> "localhost";
      default -> bind.contains(":") && !bind.startsWith("[") ? "[" + bind + "]" : bind;
    };
  }
}
