package nova.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogPosition;
import nova.framelog.StreamLogWriter;
import nova.media.MediaFrame;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.media.flv.FlvCodecs;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagReader;
import nova.media.flv.VideoFrameType;
import nova.media.flv.VideoPacket;
import nova.media.flv.VideoPackets;
import nova.testkit.Ffprobe;

/// Video that an encoder made, as it enters the log.
///
/// *Immutable.*
public record SourceClip(VideoFormat format, List<MediaFrame> frames) {
  static final Instant BEGIN = Instant.parse("2026-11-01T12:00:00Z");

  private static final Duration ENCODING = Duration.ofSeconds(60);
  private static final StreamId STREAM = new StreamId("stream1");

  public SourceClip {
    frames = List.copyOf(frames);
  }

  /// Encodes a moving picture with libx264.
  public static SourceClip encode(
      Path directory, String size, int fps, int seconds, String... options) {
    Path flv = directory.resolve("source-%s-%d.flv".formatted(size, fps));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-f", "lavfi", "-i", "testsrc2=size=%s:rate=%d".formatted(size, fps)));
    arguments.addAll(List.of("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "superfast"));
    arguments.addAll(List.of("-sc_threshold", "0", "-threads", "1"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("-t", Integer.toString(seconds), flv.toString()));
    byte[] _ = Ffprobe.ffmpeg(ENCODING, arguments.toArray(String[]::new));
    return read(flv);
  }

  private static SourceClip read(Path flv) {
    List<VideoFormat> formats = new ArrayList<>();
    List<MediaFrame> frames = new ArrayList<>();
    try {
      new FlvTagReader(1 << 24)
          .read(ByteBuffer.wrap(Files.readAllBytes(flv)), tag -> accept(tag, formats, frames));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SourceClip(formats.getFirst(), frames);
  }

  private static void accept(FlvTag tag, List<VideoFormat> formats, List<MediaFrame> frames) {
    if (tag instanceof FlvTag.FlvVideoTag video) {
      for (VideoPacket packet : VideoPackets.read(video.payload())) {
        if (packet instanceof VideoPacket.SequenceStart start) {
          formats.add(format(start));
        } else if (packet instanceof VideoPacket.CodedFrame coded) {
          long dts = tag.timestampMs() * 90;
          long pts = dts + coded.compositionTimeMs() * 90L;
          boolean keyframe = coded.frameType() == VideoFrameType.KEY;
          frames.add(new MediaFrame(TrackId.VIDEO, dts, pts, keyframe, coded.payload()));
        }
      }
    }
  }

  /// Also of what ingest refuses, so that it is known what a worker makes of it.
  private static VideoFormat format(VideoPacket.SequenceStart start) {
    Bytes configuration = start.configuration();
    try {
      return FlvCodecs.videoFormat(start.codec(), configuration);
    } catch (UnsupportedMediaException e) {
      return new VideoFormat(
          VideoCodec.AVC,
          Timescale.VIDEO,
          "avc1." + configuration.slice(1, 4).toHex(),
          2, // a decoder goes by the configuration
          2,
          PixelAspectRatio.SQUARE,
          0,
          configuration);
    }
  }

  /// This clip with other frames.
  SourceClip with(List<MediaFrame> others) {
    return new SourceClip(format, others);
  }

  /// The entries of a broadcast of these clips, each an epoch.
  static List<LogEntry> log(SourceClip... epochs) throws InterruptedException {
    InProcessFrameLog log =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(64)));
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(STREAM));
    Instant begin = BEGIN;
    for (SourceClip clip : epochs) {
      var _ = writer.startEpoch(Map.of(TrackId.VIDEO, clip.format), begin);
      Instant arrived = begin;
      for (MediaFrame frame : clip.frames) {
        arrived = begin.plus(clip.format.timescale().toDuration(frame.dts()));
        LoggedFrame _ = writer.append(frame, arrived);
      }
      begin = arrived.plusMillis(40);
    }
    writer.closeStream(true, "over");
    List<LogEntry> entries = new ArrayList<>();
    try (FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST)) {
      while (entries.isEmpty() || !(entries.getLast() instanceof StreamClosed)) {
        entries.addAll(reader.read(Duration.ofSeconds(5)));
      }
    }
    return entries;
  }
}
