package nova.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

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
    try (InputStream in = Capture.class.getResourceAsStream("/captures/" + name + ".rtmp")) {
      if (in == null) {
        throw new IllegalStateException("no capture " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What follows the handshake.
  public byte[] chunks() {
    byte[] all = bytes();
    return Arrays.copyOfRange(all, HANDSHAKE, all.length);
  }
}
