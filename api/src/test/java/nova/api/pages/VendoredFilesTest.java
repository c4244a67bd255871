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
          "hls.js-1.7.4/LICENSE",
          "ca8773cf798c7ed997d4dd7c8e23c348699f8d5b7462636694cc14de6cda12db",
          "hls.js-1.7.4/hls.min.mjs",
          "5501f1d9091b6f749e0ef61aff4b9ea3ba13fd5fa5e2aefb6fc0ff871847a531",
          "swagger-ui-5.35.0/LICENSE",
          "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
          "swagger-ui-5.35.0/NOTICE",
          "0d20d1adef18aee3f40dd258172155521ce702ac445cb5f7b7d60ed32dad2fb2",
          "swagger-ui-5.35.0/swagger-ui-bundle.js",
          "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
          "swagger-ui-5.35.0/swagger-ui-bundle.js.LICENSE.txt",
          "37eb6e7e59aed57b2c1acf076574b818ea07b74265717e0bd67b59e0baf9abbb",
          "swagger-ui-5.35.0/swagger-ui.css",
          "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d");

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
