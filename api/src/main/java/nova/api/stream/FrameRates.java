package nova.api.stream;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Frame rates as they are shown: with three decimals as in HLS, and not at all while unknown.
final class FrameRates {
  private FrameRates() {}

  static @Nullable Double shown(double frameRate) {
    return frameRate <= 0 ? null : Double.valueOf(String.format(Locale.ROOT, "%.3f", frameRate));
  }
}
