package nova.api;

import static nova.api.ApiServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import nova.api.http.ApiLimits;
import nova.control.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PagesTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"(/assets/[^\"]+)\"");
  private static final Pattern IMPORT = Pattern.compile("from '\\./([^']+)'");
  private static final Pattern SCRIPT = Pattern.compile("<script[^>]*>");

  @Test
  void page_allowsOnlyItsOwnScripts() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      for (String path : List.of("/", "/watch/live", "/embed/live")) {
        HttpResponse<String> page = server.get(path);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
        assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(page, "Referrer-Policy")).isNotEmpty();
        assertThat(header(page, "Content-Security-Policy"))
            .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
            .doesNotContain("unsafe");
        // What the policy forbids must not be needed.
        assertThat(page.body()).doesNotContain(" style=").doesNotContainPattern(" on[a-z]+=");
        assertThat(SCRIPT.matcher(page.body()).results())
            .isNotEmpty()
            .allMatch(script -> script.group().contains(" src="));
      }
    }
  }

  @Test
  void page_isFramedByOthers_onlyWhenMeantFor() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      assertThat(header(server.get("/watch/live"), "Content-Security-Policy"))
          .endsWith("frame-ancestors 'none'");
      assertThat(header(server.get("/"), "X-Frame-Options")).isEqualTo("DENY");
      HttpResponse<String> embed = server.get("/embed/live");
      assertThat(header(embed, "Content-Security-Policy")).endsWith("frame-ancestors *");
      assertThat(header(embed, "X-Frame-Options")).isEmpty();
    }
  }

  @Test
  void playbackElsewhere_mayBeFetchedFrom_butRunsNothing() {
    ApiConfig config =
        new ApiConfig(
            "https://example.com/tv",
            "https://media.example.com:8443",
            Duration.ofMinutes(10),
            16,
            ApiLimits.defaults());
    try (ApiServer server = new ApiServer(DATABASE, config)) {
      for (String path : List.of("/", "/watch/live", "/embed/live")) {
        assertThat(header(server.get(path), "Content-Security-Policy"))
            .contains(
                "connect-src 'self' https://media.example.com:8443;",
                "media-src 'self' blob: https://media.example.com:8443;",
                "img-src 'self' data: https://media.example.com:8443;",
                "script-src 'self';",
                "style-src 'self';");
      }
      for (String path : List.of("/watch/live", "/embed/live")) {
        assertThat(server.get(path).body())
            .contains("data-base=\"/tv\" data-playback=\"https://media.example.com:8443\"");
      }
    }
  }

  @Test
  void playbackHere_needsNoOtherOrigin() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      HttpResponse<String> page = server.get("/watch/live");
      assertThat(header(page, "Content-Security-Policy"))
          .contains("connect-src 'self';", "media-src 'self' blob:;", "img-src 'self' data:;");
      assertThat(page.body()).contains("data-base=\"\" data-playback=\"\"");
    }
  }

  @Test
  void page_isFilledIn() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      assertThat(server.get("/watch/my_show-2").body())
          .contains("data-channel=\"my_show-2\"", "<title>my_show-2")
          .doesNotContain("{{");
      assertThat(server.get("/").body()).contains("data-rtmp-port=\"19350\"");
    }
  }

  @Test
  void badChannelName_isA404ThatDoesNotRepeatIt() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      for (String name : List.of("%3Cscript%3Ealert(1)%3C%2Fscript%3E", "UPPER", "a".repeat(65))) {
        HttpResponse<String> page = server.get("/watch/" + name, "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.body()).contains("nothing at this address").doesNotContain("alert");
        assertThat(header(page, "Content-Security-Policy")).contains("frame-ancestors 'none'");
      }
    }
  }

  @Test
  void unknownPath_isAPageForPeopleAndAProblemForPrograms() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      HttpResponse<String> page = server.get("/nowhere", "Accept", "text/html,*/*;q=0.8");
      assertThat(page.statusCode()).isEqualTo(404);
      assertThat(page.body()).contains("nothing at this address");
      HttpResponse<String> problem = server.get("/nowhere");
      assertThat(problem.statusCode()).isEqualTo(404);
      assertThat(header(problem, "Content-Type")).isEqualTo("application/problem+json");
    }
  }

  @Test
  void everyAssetOfEveryPage_isServedForEver() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      for (String path : List.of("/", "/watch/live", "/embed/live")) {
        List<String> assets =
            ASSET.matcher(server.get(path).body()).results().map(match -> match.group(1)).toList();
        assertThat(assets).hasSizeGreaterThan(2);
        for (String asset : assets) {
          assertServed(server, asset);
        }
      }
    }
  }

  @Test
  void asset_ofAnotherVersionOrOutside_isNotServed() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      String css = firstAsset(server, "nova.css");
      for (String path :
          List.of(
              css.replaceFirst("/assets/[^/]+", "/assets/0000000000000000"),
              css.replace("nova.css", "../watch.html"),
              css.replace("nova.css", "%2e%2e/watch.html"),
              css.replace("nova.css", ""))) {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(404);
        assertThat(header(answer, "Cache-Control")).doesNotContain("immutable");
      }
    }
  }

  @Test
  void asset_isCompressedForThoseWhoAccept() throws IOException {
    try (ApiServer server = new ApiServer(DATABASE)) {
      String css = firstAsset(server, "nova.css");
      String plain = server.get(css).body();
      HttpResponse<byte[]> packed = server.getBytes(css, "Accept-Encoding", "br, gzip");
      assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
      assertThat(header(packed, "Vary")).isEqualTo("Accept-Encoding");
      try (GZIPInputStream unpacked =
          new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
        assertThat(new String(unpacked.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain);
      }
      HttpResponse<String> head = server.send("HEAD", css);
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(header(head, "Content-Length"))
          .isEqualTo(Integer.toString(plain.getBytes(StandardCharsets.UTF_8).length));
    }
  }

  @Test
  void icon_isServedWhereBrowsersLook() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      HttpResponse<String> icon = server.get("/favicon.ico");
      assertThat(icon.statusCode()).isEqualTo(200);
      assertThat(header(icon, "Content-Type")).isEqualTo("image/svg+xml");
    }
  }

  private static void assertServed(ApiServer server, String asset) {
    HttpResponse<String> answer = server.get(asset);
    assertThat(answer.statusCode()).as(asset).isEqualTo(200);
    assertThat(header(answer, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
    if (asset.endsWith(".js")) {
      assertThat(header(answer, "Content-Type")).startsWith("text/javascript");
      String folder = asset.substring(0, asset.lastIndexOf('/') + 1);
      for (MatchResult imported : IMPORT.matcher(answer.body()).results().toList()) {
        assertServed(server, folder + imported.group(1));
      }
    }
  }

  private static String firstAsset(ApiServer server, String name) {
    return ASSET
        .matcher(server.get("/watch/live").body())
        .results()
        .map(match -> match.group(1))
        .filter(asset -> asset.endsWith(name))
        .findFirst()
        .orElseThrow();
  }
}
