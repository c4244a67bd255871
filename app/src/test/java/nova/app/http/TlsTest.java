package nova.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import nova.app.config.HttpConfig;
import nova.app.error.StartupException;
import nova.core.DataSize;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TlsTest {
  private static final Path FILES = Path.of("src/test/resources/tls").toAbsolutePath();

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void https_speaks_http_2() throws Exception {
    try (HttpServers servers = open("certificate.pem", "key.pem");
        HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build()) {
      URI health =
          URI.create("https://127.0.0.1:" + servers.httpsPort().orElseThrow() + "/health/live");

      HttpResponse<String> response =
          client.send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }
  }

  @Test
  void key_of_another_certificate_is_refused() {
    assertThatThrownBy(() -> open("certificate.pem", "other-key.pem"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("other-key.pem' is not the key of the certificate");
  }

  @Test
  void certificate_and_key_the_wrong_way_round_are_explained() {
    assertThatThrownBy(() -> open("key.pem", "certificate.pem"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("http.tls-cert")
        .hasMessageContaining("cannot be used");
  }

  private HttpServers open(String certificate, String key) {
    HttpConfig config =
        new HttpConfig(
            "127.0.0.1",
            0,
            0,
            FILES.resolve(certificate).toString(),
            FILES.resolve(key).toString(),
            0,
            DataSize.ofKiB(8),
            DataSize.ofMiB(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(75),
            Duration.ZERO,
            Duration.ofSeconds(1));
    return HttpServers.open(
        vertx, config, 1, System::nanoTime, HttpMetrics.NONE, List.of(new HealthRoutes(List.of())));
  }

  private static SSLContext trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(FILES.resolve("certificate.pem"))) {
      trusted.setCertificateEntry(
          "nova", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
