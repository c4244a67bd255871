package nova.packager;

/// Measures the frame rate of a video track and snaps it to the usual rate it is meant to be.
///
/// *Confined to the holder of its stream's lock.*
final class FrameRateMeter {
  private static final double[] USUAL = {
    10,
    12,
    12.5,
    15,
    20,
    24_000 / 1001.0,
    24,
    25,
    30_000 / 1001.0,
    30,
    48,
    50,
    60_000 / 1001.0,
    60,
    90,
    100,
    120_000 / 1001.0,
    120
  };
  private static final double SNAP = 0.004;
  private static final double CHANGE = 0.02;
  private static final double ENOUGH_SECONDS = 1.5; // or a millisecond makes 29.97 of 30

  private final double declared;
  private long frames;
  private double seconds;
  private double rate;

  /// @param declared what the bitstream says, 0 when it says nothing
  FrameRateMeter(double declared) {
    this(declared, 0);
  }

  /// @param declared what the bitstream says, 0 when it says nothing
  /// @param rate as it was measured before, 0 when it was not
  FrameRateMeter(double declared, double rate) {
    this.declared = declared;
    this.rate = rate;
  }

  /// Takes note of a part.
  void add(int partFrames, double partSeconds) {
    frames += partFrames;
    seconds += partSeconds;
  }

  /// Frames per second so far, 0 while unknown. Once known it changes only when the source really
  /// does, because players take another rate for another variant.
  double rate() {
    if (seconds < ENOUGH_SECONDS) {
      return rate;
    }
    double measured = frames / seconds;
    if (rate == 0 || Math.abs(measured - rate) > CHANGE * rate) {
      rate = snap(measured);
    }
    return rate;
  }

  private double snap(double measured) {
    // Millisecond timestamps cannot tell 29.97 from 30 within a segment; the bitstream can.
    if (declared > 0 && Math.abs(measured - declared) <= CHANGE * declared) {
      return declared;
    }
    double nearest = measured;
    double distance = SNAP * measured;
    for (double usual : USUAL) {
      if (Math.abs(usual - measured) < distance) {
        nearest = usual;
        distance = Math.abs(usual - measured);
      }
    }
    return Math.round(nearest * 1_000) / 1_000.0;
  }
}
