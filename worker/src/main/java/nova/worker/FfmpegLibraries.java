package nova.worker;

/// FFmpeg's native libraries as a whole.
///
/// *Immutable.*
public final class FfmpegLibraries {
  private FfmpegLibraries() {}

  /// The sentence for an operator on whose machine they do not load.
  public static String doNotLoad(LinkageError failure) {
    return "FFmpeg's libraries do not load here (expected: Linux on x86-64 with glibc >= 2.35): "
        + failure;
  }
}
