package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import nova.cluster.EmbeddedRedis;
import nova.cluster.FreePorts;
import nova.core.DataSize;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisTlsTest {
  private static final String PASSWORD = "changeit";

  @TempDir Path folder;

  @BeforeEach
  void makeCertificate() throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve("store.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process made =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                "redis",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-ext",
                "bc:critical=ca:true",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(made.waitFor()).as(() -> read(folder.resolve("keytool.log"))).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    writePem("key.pem", "PRIVATE KEY", keys.getKey("redis", PASSWORD.toCharArray()).getEncoded());
    writePem("cert.pem", "CERTIFICATE", keys.getCertificate("redis").getEncoded());
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
            folder.resolve("cert.pem").toString(),
            "--tls-key-file",
            folder.resolve("key.pem").toString(),
            "--tls-ca-cert-file",
            folder.resolve("cert.pem").toString())) {
      String url = "rediss://127.0.0.1:" + tlsPort;
      try (RedisConnections connections =
          TestConnections.open(trusting(url, folder.resolve("cert.pem")))) {
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

  private void writePem(String name, String type, byte[] content) throws IOException {
    String base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(Objects.requireNonNull(content));
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, base64, type));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
