package nova.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import nova.api.http.ApiLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiConfigTest {
  @Test
  void publicUrl_trailingSlashes_areDropped() {
    assertThat(config(" https://live.example.com/tv// ").publicUrl())
        .isEqualTo("https://live.example.com/tv");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "live.example.com",
        "ftp://example.com",
        "https://a.b/?q=1",
        "https://a b",
        "https://example.com/\"onload=x"
      })
  void publicUrl_notAWebAddress_isRefusedInOneSentence(String url) {
    assertThatThrownBy(() -> config(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("public URL '" + url + "' (expected: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://media.example.com",
        "http://192.0.2.7:8080",
        "https://[2001:db8::7]:8443"
      })
  void playbackUrl_thatIsAnOriginOrNothing_isTaken(String url) {
    assertThat(playback(url).playbackUrl()).isEqualTo(url);
    assertThat(playback(" " + url + "/").playbackUrl()).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "media.example.com",
        "ftp://example.com",
        "https://",
        "https://a b",
        "https://a.b/media",
        "https://a.b?q=1",
        "https://a.b#f",
        "https://user:secret@a.b",
        "https://a.b:",
        "https://a.b;script-src *",
        "https://*.a.b"
      })
  void playbackUrl_withMoreThanAnOrigin_isRefusedInOneSentence(String url) {
    assertThatThrownBy(() -> playback(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("playback URL '")
        .hasMessageContaining("(expected: ");
  }

  private static ApiConfig playback(String url) {
    return new ApiConfig("", url, Duration.ofMinutes(10), 1, ApiLimits.defaults());
  }

  private static ApiConfig config(String url) {
    return new ApiConfig(url, "", Duration.ofMinutes(10), 1, ApiLimits.defaults());
  }
}
