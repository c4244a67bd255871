package nova.app.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import nova.app.error.StartupException;
import nova.core.ChannelSlug;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamKeysTest {
  private static final ChannelSlug LIVE = new ChannelSlug("live");

  @Test
  void secret_opens_its_channel_only() {
    StreamKeys keys = StreamKeys.parse(List.of("live=one", "other=two=2", "live=three"));

    assertThat(keys.channelOf("one")).contains(LIVE);
    assertThat(keys.channelOf("three")).contains(LIVE);
    assertThat(keys.channelOf("two=2")).contains(new ChannelSlug("other"));
    assertThat(keys.channelOf("two")).isEmpty();
    assertThat(keys.channelOf("")).isEmpty();
    assertThat(keys.channelOf("live")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"live-hush", "Live=hush", "live=", "live=hush hush", "live=hush/x", "live=hush?x"})
  void unusable_pair_is_refused_without_repeating_the_secret(String pair) {
    assertThatThrownBy(() -> StreamKeys.parse(List.of(pair)))
        .isInstanceOf(StartupException.class)
        .message()
        .contains("expected")
        .doesNotContain("hush");
  }

  @Test
  void one_secret_for_two_channels_is_refused() {
    assertThatThrownBy(() -> StreamKeys.parse(List.of("a=same", "b=same")))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "channels a and b have the same stream key (expected: each channel has its own)");
  }

  @Test
  void random_secret_has_160_bits_and_never_shows_itself() {
    StreamSecret one = StreamSecret.random(new SecureRandom());
    StreamSecret other = StreamSecret.random(new SecureRandom());

    assertThat(one.value()).hasSize(32).matches("[a-z2-7]+").isNotEqualTo(other.value());
    assertThat(one.toString()).doesNotContain(one.value());
    assertThat(StreamKeys.none().with(LIVE, one).hashed().toString()).doesNotContain(one.value());
  }
}
