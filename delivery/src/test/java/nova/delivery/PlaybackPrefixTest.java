package nova.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaybackPrefixTest {
  @Test
  void prefix_isTakenOffThePath_asItIs() {
    assertThat(PlaybackPrefix.read("/p/nova_a%2fb/hls/live/index.m3u8"))
        .isEqualTo(new PlaybackPrefix("nova_a%2fb", "/hls/live/index.m3u8"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/p", "/p/", "/p//hls/x", "/p/secret", "/hls/p/secret/", "p/s/hls"})
  void pathWithoutAToken_hasNoPrefix(String path) {
    assertThat(PlaybackPrefix.read(path)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "/p/secret/hls/live/index.m3u8?_HLS_msn=1, /p/…/hls/live/index.m3u8?_HLS_msn=1",
    "/p/secret, /p/…",
    "http://host/p/secret/media/x, http://host/p/…/media/x",
    "/x/../p/secret/hls/, /x/../p/…/hls/",
    "/hls/live/index.m3u8, /hls/live/index.m3u8",
  })
  void tokenInAUri_isHidden(String uri, String shown) {
    assertThat(PlaybackPrefix.hidden(uri)).isEqualTo(shown);
  }

  @Test
  void text_neverTellsTheToken() {
    assertThat(new PlaybackPrefix("secret", "/hls/live/index.m3u8").toString())
        .isEqualTo("/p/…/hls/live/index.m3u8");
  }
}
