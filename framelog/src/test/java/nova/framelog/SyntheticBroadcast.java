package nova.framelog;

import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;

/// A broadcast made of numbers: what an encoder sends over RTMP, with millisecond timestamps for
/// video and AAC on its sample grid. For tests of everything that depends on times.
///
/// *Immutable.*
///
/// @param seconds how long it lasts
/// @param fps video frames per second, 0 for no video
/// @param gopFrames frames from keyframe to keyframe
/// @param reorder frames by which B-frames delay presentation, 0 without B-frames
/// @param sampleRate of AAC, 0 for no audio
/// @param audioAheadMs how much earlier than video of the same time audio arrives; may be negative
/// @param payloadBytes of every frame
/// @param unsteady whether some frames come after twice the time, as from an encoder that drops
///   what does not change
public record SyntheticBroadcast(
    double seconds,
    double fps,
    int gopFrames,
    int reorder,
    int sampleRate,
    long audioAheadMs,
    int payloadBytes,
    boolean unsteady) {
  /// When the first frame arrives.
  public static final Instant BEGIN = Instant.parse("2026-11-01T12:00:00Z");

  private static final Bytes AVC_CONFIGURATION =
      Bytes.ofHex(
          "0164001fffe1001a6764001facd9405005bb011000000300100000030320f183196001000668ebe3cb22c0"
              + "fdf8f800");
  private static final Bytes AAC_CONFIGURATION = Bytes.ofHex("1190");

  /// 30 frames per second, a keyframe every 2 s, two B-frames and stereo at 48 kHz.
  public static SyntheticBroadcast usual(double seconds) {
    return new SyntheticBroadcast(seconds, 30, 60, 2, 48_000, 0, 500, false);
  }

  public SyntheticBroadcast withFps(double value, int gop) {
    return new SyntheticBroadcast(
        seconds, value, gop, reorder, sampleRate, audioAheadMs, payloadBytes, unsteady);
  }

  public SyntheticBroadcast withReorder(int value) {
    return new SyntheticBroadcast(
        seconds, fps, gopFrames, value, sampleRate, audioAheadMs, payloadBytes, unsteady);
  }

  public SyntheticBroadcast withSampleRate(int value) {
    return new SyntheticBroadcast(
        seconds, fps, gopFrames, reorder, value, audioAheadMs, payloadBytes, unsteady);
  }

  public SyntheticBroadcast withAudioAhead(long ms) {
    return new SyntheticBroadcast(
        seconds, fps, gopFrames, reorder, sampleRate, ms, payloadBytes, unsteady);
  }

  public SyntheticBroadcast withPayload(int bytes) {
    return new SyntheticBroadcast(
        seconds, fps, gopFrames, reorder, sampleRate, audioAheadMs, bytes, unsteady);
  }

  public SyntheticBroadcast withUnsteadyFrames() {
    return new SyntheticBroadcast(
        seconds, fps, gopFrames, reorder, sampleRate, audioAheadMs, payloadBytes, true);
  }

  /// A frame and when it arrives.
  public record Arrival(MediaFrame frame, Instant at) {}

  public Map<TrackId, TrackFormat> formats() {
    Map<TrackId, TrackFormat> formats = new LinkedHashMap<>();
    if (fps > 0) {
      formats.put(TrackId.VIDEO, videoFormat());
    }
    if (sampleRate > 0) {
      formats.put(TrackId.AUDIO, audioFormat());
    }
    return formats;
  }

  public VideoFormat videoFormat() {
    return new VideoFormat(
        VideoCodec.AVC,
        Timescale.VIDEO,
        "avc1.64001f",
        1280,
        720,
        PixelAspectRatio.SQUARE,
        0,
        AVC_CONFIGURATION);
  }

  public AudioFormat audioFormat() {
    return new AudioFormat(AudioCodec.AAC, "mp4a.40.2", sampleRate, 2, 1024, AAC_CONFIGURATION);
  }

  /// All frames in the order of their arrival.
  public List<Arrival> arrivals() {
    List<Arrival> arrivals = new ArrayList<>();
    int frames = fps > 0 ? (int) Math.round(seconds * fps * (unsteady ? 28.0 / 39 : 1)) : 0;
    for (int i = 0; i < frames; i++) {
      long dtsMs = timeMs(i);
      long ptsMs = timeMs(i + presentedAfter(i % gopFrames));
      MediaFrame frame =
          new MediaFrame(
              TrackId.VIDEO, dtsMs * 90, ptsMs * 90, i % gopFrames == 0, payload(i, 'v'));
      arrivals.add(new Arrival(frame, BEGIN.plusMillis(dtsMs)));
    }
    int units = sampleRate > 0 ? (int) (seconds * sampleRate / 1024) : 0;
    for (int i = 0; i < units; i++) {
      long time = i * 1024L;
      MediaFrame frame = new MediaFrame(TrackId.AUDIO, time, time, true, payload(i, 'a'));
      long ms = new Timescale(sampleRate).toMs(time, RoundingMode.FLOOR) - audioAheadMs;
      arrivals.add(new Arrival(frame, BEGIN.plusMillis(Math.max(0, ms))));
    }
    arrivals.sort(Comparator.comparing(Arrival::at)); // stable: each track stays in order
    return arrivals;
  }

  private long timeMs(int frame) {
    int late = unsteady ? frame / 4 + frame / 7 : 0;
    return (long) Math.floor((frame + late) * 1000 / fps);
  }

  /// Frames between decoding and presenting the frame at `index` of its GOP: I P b b P b b …
  private int presentedAfter(int index) {
    if (reorder == 0) {
      return 0;
    }
    boolean anchor = index == 0 || (index - 1) % (reorder + 1) == 0;
    return index == 0 ? 1 : anchor ? 1 + reorder : 0;
  }

  private Bytes payload(int index, char kind) {
    byte[] payload = new byte[payloadBytes];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (index * 31 + i + kind);
    }
    if (payload.length >= 4) {
      // One NAL unit with its length in front.
      int length = payload.length - 4;
      for (int i = 0; i < 4; i++) {
        payload[i] = (byte) (length >> (24 - 8 * i));
      }
    }
    return Bytes.wrap(payload);
  }
}
