package nova.worker;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// FFmpeg's libraries refused something that this worker cannot go on without.
public final class CodecException extends RuntimeException {
  public CodecException(String sentence) {
    super(sentence);
  }

  /// Passes on what a call returned, unless it is an error.
  ///
  /// @param what was being done, such as "opening the encoder of rung 720p"
  public static int check(int result, String what) {
    if (result < 0) {
      throw new CodecException("%s failed: %s (%d)".formatted(what, describe(result), result));
    }
    return result;
  }

  /// Passes on what a call allocated.
  public static <T> T allocated(@Nullable T memory, String what) {
    if (memory == null) {
      throw new CodecException("no memory for " + what);
    }
    return memory;
  }

  /// Passes on what a search in FFmpeg's libraries found.
  public static <T> T found(@Nullable T part, String what) {
    if (part == null) {
      throw new CodecException(
          "FFmpeg's libraries do not have %s (expected: a -gpl build)".formatted(what));
    }
    return part;
  }

  private static String describe(int error) {
    byte[] text = new byte[256];
    int unknown = avutil.av_strerror(error, text, text.length);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return unknown < 0 ? "unknown error" : new String(text, 0, end, StandardCharsets.UTF_8);
  }
}
