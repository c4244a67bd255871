package nova.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import nova.app.config.AppConfig;
import nova.app.config.ConfigReader;
import nova.app.config.ConfigValue;
import nova.core.ChannelSlug;
import org.junit.jupiter.api.Test;

class LinksTest {
  private static final ChannelSlug LIVE = new ChannelSlug("live");

  @Test
  void all_interfaces_are_shown_as_localhost() {
    Links links = Links.of(config(Map.of()), 1935, 8080, OptionalInt.empty());

    assertThat(links.ready())
        .isEqualTo("nova ready rtmp=rtmp://localhost:1935/live http=http://localhost:8080");
    assertThat(links.watch(LIVE)).isEqualTo("http://localhost:8080/watch/live");
    assertThat(links.hls(LIVE)).isEqualTo("http://localhost:8080/hls/live/index.m3u8");
    assertThat(links.localRtmp()).isEqualTo("rtmp://127.0.0.1:1935/live");
  }

  @Test
  void address_of_version_6_is_bracketed() {
    Links links =
        Links.of(config(Map.of("rtmp.bind", "::1", "http.bind", "::1")), 1, 2, OptionalInt.empty());

    assertThat(links.ready()).isEqualTo("nova ready rtmp=rtmp://[::1]:1/live http=http://[::1]:2");
  }

  @Test
  void viewers_are_sent_to_https_and_before_that_to_the_public_url() {
    AppConfig tls = config(Map.of());
    Links links = Links.of(tls, 1935, 8080, OptionalInt.of(8443));
    assertThat(links.watch(LIVE)).isEqualTo("https://localhost:8443/watch/live");
    assertThat(links.ready()).endsWith(" http=http://localhost:8080 https=https://localhost:8443");

    AppConfig known = config(Map.of("api.public-url", "https://tv.example.org"));
    assertThat(Links.of(known, 1935, 8080, OptionalInt.of(8443)).watch(LIVE))
        .isEqualTo("https://tv.example.org/watch/live");
    assertThat(Links.of(known, 1935, 8080, OptionalInt.empty()).hls(LIVE))
        .isEqualTo("https://tv.example.org/hls/live/index.m3u8");
  }

  @Test
  void players_are_sent_to_where_playback_is() {
    AppConfig elsewhere = config(Map.of("api.playback-url", "https://media.example.org"));
    Links links = Links.of(elsewhere, 1935, 8080, OptionalInt.empty());
    assertThat(links.hls(LIVE)).isEqualTo("https://media.example.org/hls/live/index.m3u8");
    assertThat(links.watch(LIVE)).isEqualTo("http://localhost:8080/watch/live");
  }

  private static AppConfig config(Map<String, String> values) {
    Map<String, ConfigValue> options = new HashMap<>();
    values.forEach((key, text) -> options.put(key, ConfigValue.of(text, "test")));
    return new ConfigReader(_ -> {}).read(Optional.empty(), Map.of(), options);
  }
}
