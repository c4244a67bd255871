package nova.app.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nova.app.error.StartupException;
import nova.core.ChannelSlug;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredKeysTest {
  private static final ChannelSlug LIVE = new ChannelSlug("live");

  @Test
  void secret_opens_its_channel_only() {
    ConfiguredKeys keys = ConfiguredKeys.parse(List.of("live=one", "other=two=2", "live=three"));

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
    assertThatThrownBy(() -> ConfiguredKeys.parse(List.of(pair)))
        .isInstanceOf(StartupException.class)
        .message()
        .contains("expected")
        .doesNotContain("hush");
  }

  @Test
  void one_secret_for_two_channels_is_refused() {
    assertThatThrownBy(() -> ConfiguredKeys.parse(List.of("a=same", "b=same")))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "channels a and b have the same stream key (expected: each channel has its own)");
  }

  @Test
  void channels_are_those_of_the_keys() {
    assertThat(ConfiguredKeys.parse(List.of("live=one", "other=two", "live=three")).channels())
        .containsExactlyInAnyOrder(LIVE, new ChannelSlug("other"));
  }
}
