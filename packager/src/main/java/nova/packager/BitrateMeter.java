package nova.packager;

import java.util.ArrayDeque;
import java.util.Deque;

/// Measures the peak and average segment bitrate of a rendition.
///
/// The peak is the highest rate of any contiguous run of segments that lasts between 0.5 and 1.5
/// target durations, and half a second more at most. A short segment alone is no such run.
///
/// Spec: rfc8216bis-22 §4.1 (peak segment bit rate, average segment bit rate). *Confined to the
/// holder of its stream's lock.*
final class BitrateMeter {
  private final double shortestSeconds;
  private final double longestSeconds;
  private final Deque<Segment> latest = new ArrayDeque<>(); // newest first
  private double latestSeconds;
  private double totalSeconds;
  private long totalBytes;
  private double peakBps;

  BitrateMeter(int targetDurationSeconds) {
    this.shortestSeconds = 0.5 * targetDurationSeconds;
    this.longestSeconds = 1.5 * targetDurationSeconds + 0.5;
  }

  /// One that goes on from what another measured.
  ///
  /// @param seconds of media that it measured
  static BitrateMeter restored(
      int targetDurationSeconds, long peakBps, long averageBps, double seconds) {
    BitrateMeter meter = new BitrateMeter(targetDurationSeconds);
    meter.peakBps = peakBps;
    meter.totalSeconds = seconds;
    meter.totalBytes = (long) (averageBps * seconds / 8);
    return meter;
  }

  /// Takes note of a complete segment.
  void add(double seconds, long bytes) {
    latest.addFirst(new Segment(seconds, bytes));
    latestSeconds += seconds;
    while (latestSeconds > longestSeconds && latest.size() > 1) {
      latestSeconds -= latest.removeLast().seconds;
    }
    totalSeconds += seconds;
    totalBytes += bytes;
    double runSeconds = 0;
    long runBytes = 0;
    for (Segment segment : latest) {
      runSeconds += segment.seconds;
      runBytes += segment.bytes;
      if (runSeconds >= shortestSeconds && runSeconds <= longestSeconds) {
        peakBps = Math.max(peakBps, runBytes * 8 / runSeconds);
      }
    }
  }

  /// Bits per second of the highest run, at least the average.
  long peakBps() {
    return Math.max((long) Math.ceil(peakBps), averageBps());
  }

  /// Bits per second of all segments together; 0 before the first.
  long averageBps() {
    return totalSeconds > 0 ? (long) Math.ceil(totalBytes * 8 / totalSeconds) : 0;
  }

  private record Segment(double seconds, long bytes) {}
}
