package nova.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "_a", "A", "a b", "a/b", "..", "a.b", "ä", "a\u0000", "%2e"})
  void isValid_anythingOffTheAllowList_isRefused(String text) {
    assertThat(ChannelSlug.isValid(text)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChannelSlug(text))
        .withMessageContaining("expected: 1 to 64 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "live", "my-channel_2", "0"})
  void isValid_allowedNames_pass(String text) {
    assertThat(new ChannelSlug(text)).hasToString(text);
  }

  @Test
  void random_streamIds_areWellFormedAndDiffer() {
    SplittableRandom random = new SplittableRandom(1);
    StreamId first = StreamId.random(random);

    assertThat(StreamId.isValid(first.value())).isTrue();
    assertThat(StreamId.random(random)).isNotEqualTo(first);
  }

  @Test
  void dataSize_parseAndPrint_roundTripAndExplain() {
    assertThat(DataSize.parse("64MiB")).isEqualTo(DataSize.ofMiB(64)).hasToString("64MiB");
    assertThat(DataSize.parse(" 10 kib ").bytes()).isEqualTo(10_240);
    assertThat(DataSize.parse("0B")).hasToString("0B");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataSize.parse("64MB"))
        .withMessageContaining("expected: a number and B, KiB, MiB or GiB");
  }
}
