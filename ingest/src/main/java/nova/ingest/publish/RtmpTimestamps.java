package nova.ingest.publish;

/// Unwraps the timestamps of one connection to 64 bits.
///
/// RTMP times are 32-bit milliseconds and wrap after 49.7 days. Times born in FLV are often masked
/// to 31 bits and wrap after 24.8 days: FFmpeg 8.1 goes from 2147483632 to 232. A step of more than
/// 2^30 in either direction is taken for a wrap, a smaller one for what it says.
///
/// Spec: RTMP 1.0 §5.3 (serial arithmetic after RFC 1982). *Confined to its session's thread.*
final class RtmpTimestamps {
  private static final long WRAP_31 = 1L << 31;
  private static final long LARGEST_STEP = 1L << 30;

  private boolean started;
  private long lastWire;
  private long last;

  /// The 64-bit time of a message; the first one is what the wire says.
  ///
  /// @param wire milliseconds as an unsigned 32-bit number
  long unwrap(long wire) {
    if (!started) {
      started = true;
      last = wire;
    } else {
      long step = (int) (wire - lastWire); // the short way around 2^32
      if (step < -LARGEST_STEP) {
        step += WRAP_31;
      } else if (step > LARGEST_STEP) {
        step -= WRAP_31;
      }
      last += step;
    }
    lastWire = wire;
    return last;
  }
}
