package nova.app.http;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import nova.app.error.StartupException;

/// A certificate and its private key, tried before the port opens. A key that does not belong to
/// the certificate would otherwise fail in each viewer's handshake and be told to nobody here.
final class CertificatePair {
  private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA");
  private static final byte[] SAMPLE = {1, 2, 3};

  private CertificatePair() {}

  /// Signs with the key and verifies with the certificate.
  ///
  /// @throws StartupException with a sentence that names both files
  static void requireMatch(Vertx vertx, PemKeyCertOptions files) {
    boolean matches;
    try {
      matches = matches(keyManager(files, vertx));
    } catch (Exception e) { // what Vert.x declares
      throw new StartupException(
          "http.tls-cert '%s' and http.tls-key '%s' cannot be used: %s"
              .formatted(files.getCertPath(), files.getKeyPath(), e.getMessage()),
          e);
    }
    if (!matches) {
      throw new StartupException(
          "http.tls-key '%s' is not the key of the certificate in http.tls-cert '%s' (expected: the private key it was issued for, and the server's certificate first in the chain)"
              .formatted(files.getKeyPath(), files.getCertPath()));
    }
  }

  private static X509KeyManager keyManager(PemKeyCertOptions files, Vertx vertx) throws Exception {
    for (KeyManager manager : files.getKeyManagerFactory(vertx).getKeyManagers()) {
      if (manager instanceof X509KeyManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("this Java has no manager of X.509 keys");
  }

  private static boolean matches(X509KeyManager keys) throws GeneralSecurityException {
    for (String type : KEY_TYPES) {
      String[] aliases = keys.getServerAliases(type, null);
      if (aliases != null && aliases.length > 0) {
        return matches(
            keys.getPrivateKey(aliases[0]), keys.getCertificateChain(aliases[0])[0].getPublicKey());
      }
    }
    throw new GeneralSecurityException(
        "no key of type " + String.join(", ", KEY_TYPES) + " was found");
  }

  private static boolean matches(PrivateKey secret, PublicKey open)
      throws GeneralSecurityException {
    if (!secret.getAlgorithm().equals(open.getAlgorithm())) {
      return false;
    }
    String algorithm =
        switch (secret.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> secret.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(secret);
    signature.update(SAMPLE);
    byte[] signed = signature.sign();
    signature.initVerify(open);
    signature.update(SAMPLE);
    return signature.verify(signed);
  }
}
