package nova.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Every byte a real encoder sent: C0, C1, C2, then chunks.
public enum Capture {
  OBS_30("obs3023-h264-aac"),
  FFMPEG_5("ff51-h264-aac"),
  FFMPEG_8_B_FRAMES("ff81-h264-aac-bframes"),
  FFMPEG_8_VIDEO_ONLY_LONG_GOP("ff81-video-only-gop8s"),
  FFMPEG_8_AUDIO_ONLY("ff81-audio-only"),
  FFMPEG_8_EXTENDED_TIMESTAMPS("ff81-extts-16776s"),
  GSTREAMER("gst126-rtmpsink");

  /// C0 and C1.
  public static final int HELLO = 1 + 1_536;

  /// C0, C1 and C2.
  public static final int HANDSHAKE = HELLO + 1_536;

  private final String name;

  Capture(String name) {
    this.name = name;
  }

  public byte[] bytes() {
    return resource(".rtmp");
  }

  private byte[] resource(String kind) {
    try (InputStream in = Capture.class.getResourceAsStream("/captures/" + name + kind)) {
      if (in == null) {
        throw new IllegalStateException("no capture " + name + kind);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What had arrived when.
  ///
  /// @param offset bytes so far
  /// @param ms since the first of them
  public record Arrival(int offset, long ms) {}

  /// When the bytes arrived as they were recorded.
  public List<Arrival> arrivals() {
    return new String(resource(".idx"), StandardCharsets.US_ASCII)
        .lines()
        .map(line -> line.split("\t"))
        .map(fields -> new Arrival(Integer.parseInt(fields[0]), Long.parseLong(fields[1])))
        .toList();
  }

  /// What follows the handshake.
  public byte[] chunks() {
    byte[] all = bytes();
    return Arrays.copyOfRange(all, HANDSHAKE, all.length);
  }
}
