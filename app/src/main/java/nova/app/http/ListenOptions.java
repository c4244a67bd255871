package nova.app.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nova.app.config.HttpConfig;
import nova.app.error.StartupException;

/// The sockets that a configuration asks for, in Vert.x's words.
final class ListenOptions {
  static final int MAX_REQUEST_LINE_BYTES = 4096;

  private ListenOptions() {}

  /// The plain socket, and after it the TLS socket if there is one.
  static List<HttpServerOptions> of(Vertx vertx, HttpConfig config) {
    List<HttpServerOptions> sockets = new ArrayList<>();
    sockets.add(common(config.port(), config).setHttp2ClearTextEnabled(true));
    if (config.httpsPort() >= 0) {
      sockets.add(
          common(config.httpsPort(), config)
              .setSsl(true)
              .setUseAlpn(true)
              .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
              .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
              .setKeyCertOptions(certificate(vertx, config)));
    }
    return List.copyOf(sockets);
  }

  /// Where socket number `index` listens; port 0 is one free port that all event loops share.
  static SocketAddress address(HttpServerOptions socket, int index) {
    return socket.getPort() == 0
        ? SocketAddress.sharedRandomPort(index + 1, socket.getHost())
        : SocketAddress.inetSocketAddress(socket.getPort(), socket.getHost());
  }

  private static HttpServerOptions common(int port, HttpConfig config) {
    return new HttpServerOptions()
        .setHost(config.bind())
        .setPort(port)
        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
        .setMaxHeaderSize(Math.toIntExact(config.maxHeader().bytes()))
        .setIdleTimeout(0) // ConnectionDeadlines knows a slow client from an idle one
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true)
        .setAcceptBacklog(1024)
        .setCompressionSupported(false); // bodies worth it are compressed once, where they are made
  }

  private static PemKeyCertOptions certificate(Vertx vertx, HttpConfig config) {
    requireReadable("http.tls-cert", config.tlsCert());
    requireReadable("http.tls-key", config.tlsKey());
    PemKeyCertOptions files =
        new PemKeyCertOptions().setCertPath(config.tlsCert()).setKeyPath(config.tlsKey());
    CertificatePair.requireMatch(vertx, files);
    return files;
  }

  private static void requireReadable(String key, String file) {
    try {
      String text = Files.readString(Path.of(file));
      if (text.contains("-----BEGIN ")) {
        return;
      }
    } catch (IOException | InvalidPathException e) {
      throw new StartupException(
          "%s: '%s' cannot be read (expected: a PEM file)".formatted(key, file), e);
    }
    throw new StartupException(
        "%s: '%s' holds no '-----BEGIN' line (expected: a PEM file)".formatted(key, file));
  }
}
