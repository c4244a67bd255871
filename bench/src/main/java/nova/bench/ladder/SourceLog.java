package nova.bench.ladder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nova.core.DataSize;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogPosition;
import nova.framelog.StreamLogWriter;
import nova.media.MediaFrame;
import nova.media.TrackFormat.VideoFormat;
import nova.media.flv.FlvCodecs;
import nova.media.flv.FlvTag.FlvVideoTag;
import nova.media.flv.FlvTagReader;
import nova.media.flv.VideoFrameType;
import nova.media.flv.VideoPacket;
import nova.media.flv.VideoPackets;

/// The video of an FLV file as the log of a broadcast.
public final class SourceLog {
  private static final StreamId STREAM = new StreamId("bench");
  private static final Instant BEGIN = Instant.parse("2026-11-01T12:00:00Z");
  private static final int LARGEST_TAG_BYTES = 1 << 24;

  private SourceLog() {}

  /// All entries, from the start of the epoch to the end of the stream.
  public static List<LogEntry> read(Path flv) throws IOException, InterruptedException {
    InProcessFrameLog log =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(512)));
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(STREAM));
    List<VideoPacket> packets = new ArrayList<>();
    List<Long> timesMs = new ArrayList<>();
    new FlvTagReader(LARGEST_TAG_BYTES)
        .read(
            ByteBuffer.wrap(Files.readAllBytes(flv)),
            tag -> {
              if (tag instanceof FlvVideoTag video) {
                for (VideoPacket packet : VideoPackets.read(video.payload())) {
                  packets.add(packet);
                  timesMs.add(tag.timestampMs());
                }
              }
            });
    for (int i = 0; i < packets.size(); i++) {
      write(packets.get(i), timesMs.get(i), writer);
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

  private static void write(VideoPacket packet, long timeMs, StreamLogWriter writer) {
    if (packet instanceof VideoPacket.SequenceStart start && !writer.inEpoch()) {
      VideoFormat format = FlvCodecs.videoFormat(start.codec(), start.configuration());
      var _ = writer.startEpoch(Map.of(TrackId.VIDEO, format), BEGIN);
    } else if (packet instanceof VideoPacket.CodedFrame coded) {
      long dts = timeMs * 90;
      long pts = dts + coded.compositionTimeMs() * 90L;
      boolean keyframe = coded.frameType() == VideoFrameType.KEY;
      var _ =
          writer.append(
              new MediaFrame(TrackId.VIDEO, dts, pts, keyframe, coded.payload()),
              BEGIN.plusMillis(timeMs));
    }
  }
}
