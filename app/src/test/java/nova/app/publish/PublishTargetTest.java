package nova.app.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.app.error.StartupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishTargetTest {
  @Test
  void url_is_taken_apart_as_encoders_do() {
    assertThat(PublishTarget.parse("rtmp://host/live/key?a=b"))
        .isEqualTo(new PublishTarget("host", 1935, "live", "key?a=b"));
    assertThat(PublishTarget.parse("rtmp://[::1]:1936/a/b/key"))
        .isEqualTo(new PublishTarget("[::1]", 1936, "a/b", "key"));
  }

  @Test
  void key_is_never_shown() {
    assertThat(PublishTarget.parse("rtmp://host:1/live/hush")).hasToString("rtmp://host:1/live");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hush",
        "http://h/live/hush",
        "rtmp://h/hush",
        "rtmp://h/live/",
        "rtmp:///l/hush",
        "rtmp://h h/l/hush"
      })
  void unusable_url_is_refused_without_repeating_the_key(String url) {
    assertThatThrownBy(() -> PublishTarget.parse(url))
        .isInstanceOf(StartupException.class)
        .message()
        .contains("expected: rtmp://HOST:PORT/live/STREAM-KEY")
        .doesNotContain("hush");
  }
}
