package nova.framelog.pipe;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// How much work the encoder puts into a picture, cheapest first; x264's names. The two cheapest
/// describe their pictures to a decoder in the same words, so that a ladder may change between them
/// and its renditions keep their headers.
public enum EncoderPreset {
  SUPERFAST,
  VERYFAST,
  FASTER,
  FAST,
  MEDIUM;

  /// The name as x264 and the configuration spell it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The preset of that name; empty when there is none.
  public static Optional<EncoderPreset> of(String label) {
    return Arrays.stream(values()).filter(preset -> preset.label().equals(label)).findFirst();
  }

  /// All names, for messages.
  public static String labels() {
    return Arrays.stream(values()).map(EncoderPreset::label).collect(Collectors.joining(", "));
  }
}
