package nova.api.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Vendored files are the ones their authors published: byte for byte as in the npm package.
class VendoredFilesTest {
  private static final Map<String, String> SHA_256 =
      Map.of(
          "hls.js-1.7.4/hls.min.mjs",
          "5501f1d9091b6f749e0ef61aff4b9ea3ba13fd5fa5e2aefb6fc0ff871847a531",
          "hls.js-1.7.4/LICENSE",
          "ca8773cf798c7ed997d4dd7c8e23c348699f8d5b7462636694cc14de6cda12db");

  @Test
  void vendoredFile_isUnchanged() throws IOException, NoSuchAlgorithmException {
    for (Map.Entry<String, String> file : SHA_256.entrySet()) {
      String name = "assets/vendor/" + file.getKey();
      try (InputStream in =
          Objects.requireNonNull(SiteAssets.class.getResourceAsStream(name), name)) {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
        assertThat(HexFormat.of().formatHex(digest)).as(name).isEqualTo(file.getValue());
      }
    }
  }
}
