package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import nova.backends.TestCertificate;
import nova.cluster.EmbeddedRedis;
import nova.cluster.FreePorts;
import nova.core.DataSize;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisTlsTest {
  @TempDir Path folder;

  private TestCertificate certificate;

  @BeforeEach
  void makeCertificate() throws Exception {
    certificate = TestCertificate.make(folder);
  }

  @Test
  void redissAddress_isTls_withTheCertificatesThatAreTrusted() throws IOException {
    int tlsPort = FreePorts.any();
    try (EmbeddedRedis redis =
        EmbeddedRedis.open(
            "--tls-port",
            Integer.toString(tlsPort),
            "--tls-auth-clients",
            "no",
            "--tls-cert-file",
            certificate.pem().toString(),
            "--tls-key-file",
            certificate.keyPem().toString(),
            "--tls-ca-cert-file",
            certificate.pem().toString())) {
      String url = "rediss://127.0.0.1:" + tlsPort;
      try (RedisConnections connections = TestConnections.open(trusting(url, certificate.pem()))) {
        assertThat(await(connections.link(RedisArea.MEDIA, "test").commands().ping()))
            .isEqualTo("PONG");
      }
      assertThatThrownBy(() -> TestConnections.open(RedisConfig.at(url)))
          .isInstanceOf(RedisStartException.class)
          .hasMessageStartingWith("Redis at %s and this server do not agree on TLS (", url)
          .hasMessageEndingWith(
              "); see redis.url, which begins with rediss:// for TLS, and redis.ca-file");
      String plain = "rediss://127.0.0.1:" + redis.port();
      assertThatThrownBy(() -> TestConnections.open(RedisConfig.at(plain)))
          .isInstanceOf(RedisStartException.class)
          .hasMessage(
              "Redis at %s does not answer within 2000 ms, as one without TLS does not when"
                  + " redis.url begins with rediss://; see also redis.timeout",
              plain);
      String withoutTls = "redis://127.0.0.1:" + tlsPort;
      assertThatThrownBy(() -> TestConnections.open(RedisConfig.at(withoutTls)))
          .isInstanceOf(RedisStartException.class)
          .hasMessage(
              "Redis at %s hangs up, as one with TLS does when redis.url does not begin with"
                  + " rediss://",
              withoutTls);
      Path missing = folder.resolve("missing.pem");
      assertThatThrownBy(() -> TestConnections.open(trusting(url, missing)))
          .isInstanceOf(RedisStartException.class)
          .hasMessageStartingWith("redis.ca-file '%s' cannot be read", missing);
    }
  }

  private static RedisConfig trusting(String url, Path caFile) {
    return new RedisConfig(
        url,
        caFile.toString(),
        RedisConfig.NUMBERED,
        "nova",
        Duration.ofSeconds(2),
        DataSize.ofMiB(1),
        Duration.ofMinutes(1),
        Duration.ofHours(1),
        DataSize.ofMiB(1),
        100);
  }
}
