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

  private static ApiConfig config(String url) {
    return new ApiConfig(url, Duration.ofMinutes(10), 1, ApiLimits.defaults());
  }
}
