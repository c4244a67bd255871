package nova.media.aac;

import static org.assertj.core.api.Assertions.assertThat;

import nova.core.Bytes;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SilentAccessUnitTest {
  /// Each was decoded by FFmpeg to silence without a complaint.
  @ParameterizedTest
  @CsvSource({
    "mono,        1188,       00000007",
    "stereo,      1190,       21000000001c",
    "sbr,         131056e598, 21000000001c",
  })
  void channelLayout_hasItsElements(String name, String configuration, String expected) {
    assertThat(SilentAccessUnit.of(format(configuration)).map(Bytes::toHex))
        .as(name)
        .hasValue(expected);
  }

  @Test
  void layoutWithoutStandardOrder_hasNoSilence() {
    assertThat(SilentAccessUnit.of(format("11d8"))).isEmpty(); // channelConfiguration 11
  }

  private static AudioFormat format(String configuration) {
    return new AudioFormat(
        AudioCodec.AAC, "mp4a.40.2", 48_000, 2, 1024, Bytes.ofHex(configuration));
  }
}
