package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.StreamLogWriter;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.flv.AudioPacket;
import nova.media.flv.AudioPackets;
import nova.media.flv.FlvCodecs;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagReader;
import nova.media.flv.VideoFrameType;
import nova.media.flv.VideoPacket;
import nova.media.flv.VideoPackets;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.testkit.Ffprobe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A live source with B-frames, rungs and sound from real workers, and a node that is gone in the
/// middle: another one goes on, and viewers have every frame once.
class SuccessionIT {
  private static final Logger log = LoggerFactory.getLogger(SuccessionIT.class);
  private static final StreamId STREAM = new StreamId("stream1");
  private static final RenditionId SOURCE = new RenditionId("source");
  private static final RenditionId AUDIO = new RenditionId("audio");
  private static final RenditionId AAC = new RenditionId("aac");
  private static final List<RenditionId> RUNGS =
      List.of(new RenditionId("480p"), new RenditionId("240p"));

  private static final int SECONDS = 16;
  private static final long GONE_AT_MS = 6_700; // within a segment
  private static final long DETECTED_MS = 3_000; // as long as a lease lasts
  private static final Duration SEGMENT = Duration.ofSeconds(8);

  // What it takes is far less; see what is logged.
  private static final long GOES_ON_WITHIN_MS = 5_000;

  @TempDir private Path directory;
  private final InProcessFrameLog source = new InProcessFrameLog(FrameLogConfig.defaults());
  private final SharedShelf shelf = new SharedShelf();
  private final Map<TrackId, TrackFormat> formats = new HashMap<>();
  private final List<MediaFrame> frames = new ArrayList<>();
  private final List<LoggedFrame> sent = new ArrayList<>();

  @Test
  void nodeThatIsKilledWithinASegment_isReplaced_andNoFrameIsMissing() throws Exception {
    read();
    long tookOverNs;
    try (TranscodeNode first = new TranscodeNode(source, shelf);
        TranscodeNode second = new TranscodeNode(source, shelf)) {
      Broadcast broadcast = new Broadcast(first);
      broadcast.until(GONE_AT_MS);
      first.kill();
      broadcast.until(GONE_AT_MS + DETECTED_MS);
      tookOverNs = System.nanoTime();
      second.take(STREAM);
      broadcast.end(second);
    }

    assertGoesOn("killed", tookOverNs);
  }

  @Test
  void nodeThatIsDrained_handsOverAfterASegment_andNoFrameIsMissing() throws Exception {
    read();
    long handedOverNs;
    try (TranscodeNode first = new TranscodeNode(source, shelf);
        TranscodeNode second = new TranscodeNode(source, shelf)) {
      Broadcast broadcast = new Broadcast(first);
      broadcast.until(GONE_AT_MS);
      Thread live = Thread.ofVirtual().start(() -> broadcast.untilInterrupted());
      assertThat(first.handOver(STREAM, SEGMENT)).isTrue();
      handedOverNs = System.nanoTime();
      assertThat(shelf.timelines().find(STREAM).orElseThrow().renditions())
          .allSatisfy(rendition -> assertThat(rendition.segments().getLast().complete()).isTrue());
      second.take(STREAM);
      live.join();
      broadcast.end(second);
    }

    assertGoesOn("drained", handedOverNs);
  }

  /// What a broadcaster sends, at the pace at which it was made.
  private final class Broadcast {
    private final StreamLogWriter writer = new StreamLogWriter(source.openWriter(STREAM));
    private final long beginNs = System.nanoTime();
    private int next;

    Broadcast(TranscodeNode node) {
      Instant at = Instant.now();
      node.take(STREAM);
      Epoch epoch = writer.startEpoch(formats, at);
      node.publish(new EpochBegan(STREAM, at, epoch, List.of()));
      node.publish(
          new StreamMeasured(
              STREAM, at, new StreamHealth(1_500_000, 0, 30, 2_000, 0, 0, 0, 0, List.of())));
    }

    void until(long endMs) throws InterruptedException {
      for (; next < frames.size() && ms(frames.get(next)) < endMs; next++) {
        MediaFrame frame = frames.get(next);
        long waitNs = beginNs + ms(frame) * 1_000_000 - System.nanoTime();
        if (waitNs > 0) {
          TimeUnit.NANOSECONDS.sleep(waitNs);
        }
        sent.add(writer.append(frame, Instant.now()));
      }
    }

    void untilInterrupted() {
      try {
        until(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void end(TranscodeNode node) throws InterruptedException {
      until(Long.MAX_VALUE);
      writer.closeStream(true, "over");
      node.publish(new StreamEnded(STREAM, Instant.now(), "over", StreamHealth.NOTHING));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (shelf.timelines().find(STREAM).orElseThrow().state() != TimelineState.ENDED) {
        assertThat(System.nanoTime()).as("the stream ends in time").isLessThan(deadline);
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  private void assertGoesOn(String how, long sinceNs) throws IOException {
    for (RenditionId rendition : List.of(SOURCE, AUDIO, RUNGS.get(0), RUNGS.get(1), AAC)) {
      long afterMs = shelf.listedAfterMs(rendition, sinceNs);
      log.atInfo()
          .addKeyValue("rendition", rendition)
          .addKeyValue("afterMs", afterMs)
          .log("a rendition went on after its node was {}", how);
      assertThat(afterMs).as("%s goes on", rendition).isLessThan(GOES_ON_WITHIN_MS);
    }
    shelf.assertMonotone();
    for (RenditionId rung : RUNGS) {
      assertWhole(rung);
    }
    assertSound();
    for (RenditionId rendition : List.of(SOURCE, AUDIO)) {
      assertThat(Ffprobe.decodeErrors(shelf.file(directory, STREAM, rendition).toString()))
          .isEmpty();
    }
  }

  /// Every picture of the source from the rung's first on, once and at its time, in one stream that
  /// decodes; keyframes begin the segments, and what the second worker made.
  private void assertWhole(RenditionId rung) throws IOException {
    Path file = shelf.file(directory, STREAM, rung);
    assertThat(Ffprobe.decodeErrors(file.toString())).as("errors of %s", rung).isEmpty();
    List<Ffprobe.Packet> packets = Ffprobe.packets(file.toString());
    List<LoggedFrame> pictures =
        sent.stream()
            .filter(f -> f.frame().track().equals(TrackId.VIDEO))
            .filter(f -> f.frame().dts() >= packets.getFirst().dts())
            .toList();
    assertThat(packets.stream().map(Ffprobe.Packet::dts).toList())
        .isEqualTo(pictures.stream().map(f -> f.frame().dts()).toList());
    assertThat(packets.stream().map(Ffprobe.Packet::pts).toList())
        .isEqualTo(
            pictures.stream().map(f -> f.frame().pts()).sorted(Comparator.naturalOrder()).toList());
    List<Long> cuts = pictures.stream().filter(LoggedFrame::cut).map(f -> f.frame().dts()).toList();
    List<Long> keyframes =
        packets.stream().filter(Ffprobe.Packet::key).map(Ffprobe.Packet::dts).toList();
    assertThat(keyframes).containsAll(cuts);
    assertThat(keyframes.size()).isBetween(cuts.size(), cuts.size() + 1);
  }

  /// Frames of 1024 samples without a hole.
  private void assertSound() throws IOException {
    Path file = shelf.file(directory, STREAM, AAC);
    assertThat(Ffprobe.decodeErrors(file.toString())).as("errors of sound").isEmpty();
    List<Long> times = Ffprobe.packets(file.toString()).stream().map(Ffprobe.Packet::dts).toList();
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).as("frame %d", i).isEqualTo(1024);
    }
    assertThat(times.size()).isGreaterThan((SECONDS - 4) * 48_000 / 1024);
  }

  private static long ms(MediaFrame frame) {
    return frame.track().equals(TrackId.VIDEO) ? frame.dts() / 90 : frame.dts() / 48;
  }

  /// A clip, whose sound says that not every player takes it, so that it is encoded.
  private void read() throws Exception {
    Path clip = Ffmpeg.clip(directory, "source.flv", "1280x720", 60, SECONDS, "-bf", "2");
    new FlvTagReader(1 << 24).read(ByteBuffer.wrap(Files.readAllBytes(clip)), this::accept);
    frames.sort(Comparator.comparingLong(SuccessionIT::ms)); // stable: each track stays in order
  }

  private void accept(FlvTag tag) {
    if (tag instanceof FlvTag.FlvVideoTag video) {
      VideoPackets.read(video.payload()).forEach(packet -> accept(packet, tag.timestampMs()));
    } else if (tag instanceof FlvTag.FlvAudioTag audio) {
      AudioPackets.read(audio.payload()).forEach(packet -> accept(packet, tag.timestampMs()));
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
      AudioFormat lc = FlvCodecs.audioFormat(start.codec(), start.configuration());
      formats.put(
          TrackId.AUDIO,
          new AudioFormat(
              lc.codec(),
              "mp4a.40.5",
              lc.sampleRate(),
              2,
              lc.samplesPerFrame(),
              lc.configuration()));
    } else if (packet instanceof AudioPacket.CodedFrame coded) {
      TrackFormat format = formats.get(TrackId.AUDIO);
      long ticks = format.timescale().fromMs(timeMs, RoundingMode.HALF_UP);
      long units = Math.round(ticks / 1024.0);
      frames.add(new MediaFrame(TrackId.AUDIO, units * 1024, units * 1024, true, coded.payload()));
    }
  }
}
