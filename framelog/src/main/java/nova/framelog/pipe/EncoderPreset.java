package nova.framelog.pipe;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// How much work the encoder puts into a picture, cheapest first; x264's names. A ladder may change
/// between these while it runs: they describe themselves to a decoder in the same words, so the
/// header of a rendition stays as it is.
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
