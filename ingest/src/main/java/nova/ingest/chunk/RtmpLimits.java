package nova.ingest.chunk;

import nova.core.DataSize;
import nova.core.Setting;

/// What a peer may ask for. Every length it sends is checked against one of these before memory is
/// allocated.
///
/// *Immutable.*
public record RtmpLimits(
    @Setting(value = "Largest RTMP message of an accepted publisher.", byDefault = "16MiB")
        DataSize messageSize,
    @Setting(value = "Largest RTMP message before publish was accepted.", byDefault = "64KiB")
        DataSize commandSize,
    @Setting(
            value = "Bytes that the unfinished messages of one connection may hold together.",
            byDefault = "24MiB")
        DataSize openMessages,
    @Setting(value = "Chunk streams of one connection.", byDefault = "64") int chunkStreams,
    @Setting(value = "RTMP connections from one address.", byDefault = "20")
        int connectionsPerAddress,
    @Setting(value = "RTMP connections of the server.", byDefault = "2000") int connections,
    @Setting(value = "Refused publish attempts from one address within a minute.", byDefault = "10")
        int publishFailuresPerMinute,
    @Setting(
            value = "Highest bitrate of a broadcast in Mbit/s, as a mean over 30 s.",
            byDefault = "50")
        int sourceMegabitsPerSecond,
    @Setting(value = "Largest picture width in pixels.", byDefault = "4096") int sourceWidth,
    @Setting(value = "Largest picture height in pixels.", byDefault = "2160") int sourceHeight,
    @Setting(value = "Highest frame rate of a broadcast, as a mean over 30 s.", byDefault = "120")
        int sourceFrameRate) {

  /// A message length is a 24-bit field.
  static final int LARGEST_MESSAGE = 0xff_ffff;

  public RtmpLimits {
    requirePositive("chunk-streams", chunkStreams);
    requirePositive("connections-per-address", connectionsPerAddress);
    requirePositive("connections", connections);
    requirePositive("publish-failures-per-minute", publishFailuresPerMinute);
    requirePositive("message-size", messageSize.bytes());
    requirePositive("command-size", commandSize.bytes());
    requirePositive("source-megabits-per-second", sourceMegabitsPerSecond);
    requirePositive("source-width", sourceWidth);
    requirePositive("source-height", sourceHeight);
    requirePositive("source-frame-rate", sourceFrameRate);
  }

  /// The limits of a server that was not told otherwise.
  public static RtmpLimits defaults() {
    return new RtmpLimits(
        DataSize.ofMiB(16),
        DataSize.ofKiB(64),
        DataSize.ofMiB(24),
        64,
        20,
        2_000,
        10,
        50,
        4_096,
        2_160,
        120);
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s %d (expected: > 0)".formatted(name, value));
    }
  }
}
