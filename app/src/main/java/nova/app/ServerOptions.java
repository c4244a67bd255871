package nova.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.app.config.AppConfig;
import nova.app.config.ConfigValue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of every command that runs a server. An option wins over the environment and the
/// file.
///
/// *Confined to the main thread.*
final class ServerOptions {
  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--bind",
      paramLabel = "ADDR",
      description = "Address on which RTMP and HTTP listen (0.0.0.0: all interfaces).")
  private @Nullable String bind;

  @Option(
      names = "--rtmp-port",
      paramLabel = "PORT",
      description = "Port for broadcasters (1935); 0 takes a free one.")
  private @Nullable Integer rtmpPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port for HTTP (8080; single services: 8081 to 8084); 0 takes a free one.")
  private @Nullable Integer httpPort;

  @Option(
      names = "--https-port",
      paramLabel = "PORT",
      description = "Port for viewers over TLS and HTTP/2 (none); needs --tls-cert and --tls-key.")
  private @Nullable Integer httpsPort;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM file with the certificate chain.")
  private @Nullable String tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM file with the private key.")
  private @Nullable String tlsKey;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description = "Address of this server as viewers see it, for printed links.")
  private @Nullable String publicUrl;

  @Option(
      names = "--stream-key",
      paramLabel = "CHANNEL=SECRET",
      description =
          "Who may publish; repeatable. With none, the first start makes a key for channel live and"
              + " prints it once.")
  private @Nullable List<String> streamKeys;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace (info).")
  private @Nullable String logLevel;

  /// Merges file, environment and options, and sets the log level.
  AppConfig read(Map<String, String> environment) {
    return read(Map.of(), environment);
  }

  /// As [#read(Map)], where a key that is nowhere set takes the default of the command.
  AppConfig read(Map<String, String> defaults, Map<String, String> environment) {
    Map<String, ConfigValue> options = new LinkedHashMap<>();
    put(options, "rtmp.bind", "--bind", bind);
    put(options, "http.bind", "--bind", bind);
    put(options, "rtmp.port", "--rtmp-port", rtmpPort);
    put(options, "http.port", "--http-port", httpPort);
    put(options, "http.https-port", "--https-port", httpsPort);
    put(options, "http.tls-cert", "--tls-cert", tlsCert);
    put(options, "http.tls-key", "--tls-key", tlsKey);
    put(options, "api.public-url", "--public-url", publicUrl);
    put(options, "log-level", "--log-level", logLevel);
    if (streamKeys != null) {
      options.put("stream-keys", ConfigValue.ofList(streamKeys, "option --stream-key"));
    }
    AppConfig merged = data.read(defaults, environment, options);
    Logging.setLevel(merged.logLevel());
    return merged;
  }

  private static void put(
      Map<String, ConfigValue> options, String key, String option, @Nullable Object value) {
    if (value != null) {
      options.put(key, ConfigValue.of(value.toString(), "option " + option));
    }
  }
}
