package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.core.RenditionId;
import nova.core.TrackId;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.SyntheticBroadcast;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import nova.media.flv.AudioPacket;
import nova.media.flv.AudioPackets;
import nova.media.flv.FlvCodecs;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagReader;
import nova.media.flv.VideoFrameType;
import nova.media.flv.VideoPacket;
import nova.media.flv.VideoPackets;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.testkit.Ffprobe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a real encoder made goes through the packager, and FFmpeg reads the segments back.
class PackagerIT {
  private static final Duration ENCODING = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());
  private final Map<TrackId, TrackFormat> formats = new HashMap<>();
  private final List<MediaFrame> frames = new ArrayList<>();

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void segmentsWithBFrames_haveTheFramesAndTimesOfTheLog() throws Exception {
    encode(9, "-g", "60", "-bf", "2");
    List<LoggedFrame> logged = publish(Duration.ZERO);
    TimelineSnapshot _ = stream.close("over");

    assertReadsBack(SOURCE, TrackId.VIDEO, logged);
    assertReadsBack(AUDIO, TrackId.AUDIO, logged);
    assertThat(stream.everListed(SOURCE)).hasSize(5);
  }

  @Test
  void longGop_readsBackToo() throws Exception {
    encode(20, "-g", "250", "-bf", "2");
    List<LoggedFrame> logged = publish(Duration.ZERO);
    TimelineSnapshot _ = stream.close("over");

    assertReadsBack(SOURCE, TrackId.VIDEO, logged);
    assertReadsBack(AUDIO, TrackId.AUDIO, logged);
  }

  @Test
  void reconnect_goesOnLaterOnOneTimeLine() throws Exception {
    encode(6, "-g", "60", "-bf", "2");
    List<LoggedFrame> logged = new ArrayList<>(publish(Duration.ZERO));
    stream.writer().endEpoch(EpochEnd.CONNECTION_LOST);
    logged.addAll(publish(Duration.ofSeconds(15)));
    TimelineSnapshot _ = stream.close("over");

    assertReadsBack(SOURCE, TrackId.VIDEO, logged);
    assertReadsBack(AUDIO, TrackId.AUDIO, logged);
  }

  private void assertReadsBack(RenditionId rendition, TrackId track, List<LoggedFrame> logged)
      throws IOException {
    Path file = directory.resolve(rendition + ".mp4");
    List<TimelineSegment> segments = stream.everListed(rendition);
    try (OutputStream out = Files.newOutputStream(file)) {
      Bytes init =
          stream.segments.init(STREAM, rendition, segments.getFirst().epoch()).orElseThrow();
      out.write(init.toByteArray());
      for (TimelineSegment segment : segments) {
        out.write(stream.bytes(rendition, segment).toByteArray());
      }
    }

    List<String> expected =
        logged.stream()
            .map(LoggedFrame::frame)
            .filter(f -> f.track().equals(track))
            .map(f -> "%d %d %s %s".formatted(f.dts(), f.pts(), f.keyframe(), md5(f.payload())))
            .toList();
    List<String> read =
        Ffprobe.packets(file.toString()).stream()
            .map(p -> "%d %d %s %s".formatted(p.dts(), p.pts(), p.key(), p.md5()))
            .toList();
    assertThat(read).isEqualTo(expected);
    assertThat(Ffprobe.decodeErrors(file.toString())).isEmpty();
  }

  private List<LoggedFrame> publish(Duration after) {
    List<LoggedFrame> logged = new ArrayList<>();
    Instant begin = SyntheticBroadcast.BEGIN.plus(after);
    var _ = stream.writer().startEpoch(formats, begin);
    for (MediaFrame frame : frames) {
      TrackFormat format = formats.get(frame.track());
      if (format != null) {
        Instant arrived = begin.plus(format.timescale().toDuration(frame.dts()));
        logged.add(stream.writer().append(frame, arrived));
      }
    }
    return logged;
  }

  private void encode(int seconds, String... videoOptions) throws IOException {
    Path flv = directory.resolve("source.flv");
    List<String> arguments =
        new ArrayList<>(
            List.of("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30", "-f", "lavfi"));
    arguments.addAll(List.of("-i", "sine=frequency=440:sample_rate=48000", "-c:v", "libx264"));
    arguments.addAll(List.of("-preset", "ultrafast", "-sc_threshold", "0", "-c:a", "aac"));
    arguments.addAll(List.of(videoOptions));
    arguments.addAll(List.of("-t", Integer.toString(seconds), flv.toString()));
    byte[] _ = Ffprobe.ffmpeg(ENCODING, arguments.toArray(String[]::new));
    new FlvTagReader(1 << 24).read(ByteBuffer.wrap(Files.readAllBytes(flv)), this::accept);
  }

  private void accept(FlvTag tag) {
    switch (tag) {
      case FlvTag.FlvVideoTag video -> {
        for (VideoPacket packet : VideoPackets.read(video.payload())) {
          accept(packet, tag.timestampMs());
        }
      }
      case FlvTag.FlvAudioTag audio -> {
        for (AudioPacket packet : AudioPackets.read(audio.payload())) {
          accept(packet, tag.timestampMs());
        }
      }
      case FlvTag.FlvScriptTag _ -> {}
    }
  }

  private void accept(VideoPacket packet, long timeMs) {
    if (packet instanceof VideoPacket.SequenceStart start) {
      formats.put(TrackId.VIDEO, FlvCodecs.videoFormat(start.codec(), start.configuration()));
    } else if (packet instanceof VideoPacket.CodedFrame coded) {
      long dts = timeMs * 90;
      long pts = dts + coded.compositionTimeMs() * 90L;
      boolean keyframe = coded.frameType() == VideoFrameType.KEY;
      frames.add(new MediaFrame(TrackId.VIDEO, dts, pts, keyframe, coded.payload()));
    }
  }

  private void accept(AudioPacket packet, long timeMs) {
    if (packet instanceof AudioPacket.SequenceStart start) {
      formats.put(TrackId.AUDIO, FlvCodecs.audioFormat(start.codec(), start.configuration()));
    } else if (packet instanceof AudioPacket.CodedFrame coded) {
      TrackFormat format = formats.get(TrackId.AUDIO);
      long units =
          format == null
              ? 0
              : Math.round(format.timescale().fromMs(timeMs, RoundingMode.HALF_UP) / 1024.0);
      frames.add(new MediaFrame(TrackId.AUDIO, units * 1024, units * 1024, true, coded.payload()));
    }
  }

  private static String md5(Bytes bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
