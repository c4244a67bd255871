package nova.framelog.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.pipe.WorkerMessage.Adapt;
import nova.framelog.pipe.WorkerMessage.ChangeBitrates;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Poster;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.framelog.pipe.WorkerMessage.Progress;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessage.RungEntry;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.MediaFrame;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteWriter;
import nova.testkit.FuzzTarget;
import nova.testkit.SplitFeeder;
import org.junit.jupiter.api.Test;

class WorkerProtocolTest {
  private static final RenditionId HD = new RenditionId("720p");
  private static final RenditionId SD = new RenditionId("480p");

  private static final StreamId STREAM = new StreamId("stream1");

  private record Vector(String name, WorkerMessage message, String hex) {}

  private static final List<Vector> VECTORS =
      List.of(
          new Vector(
              "job of two rungs, one of them resumed",
              new StartJob(
                  new TranscodeJob(
                      TrackId.VIDEO,
                      29.5,
                      EncoderPreset.VERYFAST,
                      List.of(
                          RungJob.fromTheStart(new Rung(HD, 1280, 720, 1, 3_000_000, 3_300_000)),
                          RungJob.after(new Rung(SD, 854, 480, 2, 1_500_000, 1_650_000), 90, 7)))),
              "01 04 0000 403d800000000000 08 7665727966617374 02"
                  + " 04 37323070 0500 02d0 01 002dc6c0 00325aa0 8000000000000000 0000000000000000"
                  + " 04 34383070 0356 01e0 02 0016e360 00192d50 000000000000005a"
                  + " 0000000000000007 00"),
          new Vector(
              "job of sound alone, resumed",
              new StartJob(
                  new TranscodeJob(
                      TrackId.VIDEO,
                      0,
                      EncoderPreset.FAST,
                      List.of(),
                      new AudioJob(
                          TrackId.AUDIO,
                          new AudioRung(new RenditionId("aac"), 48_000, 2, 128_000),
                          1024,
                          7))),
              "01 04 0000 0000000000000000 04 66617374 00"
                  + " 01 00 03 616163 0000bb80 02 0001f400 0000000000000400 0000000000000007"),
          new Vector(
              "source entry",
              new SourceEntry(new EpochEnded(new Epoch(1), EpochEnd.FINISHED)),
              "02 0104 00000001 00"),
          new Vector("ready", new Ready("x264"), "03 04 78323634"),
          new Vector(
              "rung entry",
              new RungEntry(
                  SD,
                  new LoggedFrame(
                      new MediaFrame(TrackId.VIDEO, 1, 2, true, Bytes.ofHex("cafe")),
                      Instant.ofEpochSecond(3, 4),
                      Instant.ofEpochSecond(5, 6),
                      7,
                      true)),
              "04 04 34383070 0103 0000 03 0000000000000001 0000000000000002"
                  + " 0000000000000003 00000004 0000000000000005 00000006 0000000000000007 cafe"),
          new Vector(
              "progress",
              new Progress(new WorkerProgress(300, 2, 1.5, 0.25, 3, 4)),
              "05 000000000000012c 0000000000000002 3ff8000000000000 3fd0000000000000"
                  + " 00000003 00000004"),
          new Vector("failure", new Failed("a-b", "No."), "06 03 612d62 4e6f2e"),
          new Vector(
              "less effort",
              new Adapt(new Effort(EncoderPreset.SUPERFAST, 2, List.of(HD))),
              "07 09 737570657266617374 02 01 04 37323070"),
          new Vector(
              "other bitrates",
              new ChangeBitrates(List.of(new Rung(HD, 1280, 720, 2, 3_000_000, 3_300_000))),
              "0a 01 04 37323070 0500 02d0 02 002dc6c0 00325aa0"),
          new Vector(
              "keyframe for a poster",
              new PosterFrame(
                  STREAM,
                  new VideoFormat(
                      VideoCodec.AVC,
                      Timescale.VIDEO,
                      "avc1",
                      640,
                      360,
                      new PixelAspectRatio(4, 3),
                      25,
                      Bytes.ofHex("0142")),
                  Bytes.ofHex("cafe")),
              "08 07 73747265616d31 00000024 0102 0000 01 00015f90 04 61766331 0280 0168"
                  + " 00000004 00000003 4039000000000000 0142 cafe"),
          new Vector(
              "poster", new Poster(STREAM, Bytes.ofHex("ffd8")), "09 07 73747265616d31 ffd8"));

  @Test
  void message_written_isItsVectorBehindItsLength() {
    for (Vector vector : VECTORS) {
      Bytes body = Bytes.ofHex(vector.hex);
      assertThat(WorkerProtocol.write(vector.message).toHex())
          .as(vector.name)
          .isEqualTo("%08x".formatted(body.length()) + body.toHex());
    }
  }

  @Test
  void vector_read_isItsMessage() {
    for (Vector vector : VECTORS) {
      assertThat(WorkerProtocol.read(Bytes.ofHex(vector.hex)))
          .as(vector.name)
          .isEqualTo(vector.message);
    }
  }

  @Test
  void messagesOfAPipe_readInAnyPieces_areThoseSent() throws IOException {
    ByteArrayOutputStream pipe = new ByteArrayOutputStream();
    WorkerMessageWriter writer = new WorkerMessageWriter(pipe);
    for (Vector vector : VECTORS) {
      writer.send(vector.message);
    }

    SplitFeeder.each(
        pipe.toByteArray(),
        pieces -> {
          WorkerMessageReader reader = new WorkerMessageReader(joined(pieces));
          for (Vector vector : VECTORS) {
            assertThat(reader.next()).as(vector.name).isEqualTo(vector.message);
          }
          assertThat(reader.next()).isNull();
        });
  }

  /// A stream that never reads across a piece's end.
  private static InputStream joined(Iterable<ByteBuffer> pieces) {
    List<InputStream> streams = new ArrayList<>();
    for (ByteBuffer piece : pieces) {
      byte[] copy = new byte[piece.remaining()];
      piece.get(copy);
      streams.add(new ByteArrayInputStream(copy));
    }
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  @Test
  void pipeThatEndsWithinAMessage_read_saysSo() {
    byte[] bytes = WorkerProtocol.write(new Ready("x264")).toByteArray();
    for (int length = 1; length < bytes.length; length++) {
      WorkerMessageReader reader =
          new WorkerMessageReader(new ByteArrayInputStream(bytes, 0, length));
      assertThatThrownBy(reader::next).as("%d bytes", length).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void lengthAboveTheLimit_read_isRefusedBeforeAnythingIsAllocated() {
    byte[] length = Bytes.ofHex("ffffffff").toByteArray();
    WorkerMessageReader reader = new WorkerMessageReader(new ByteArrayInputStream(length));
    assertThatThrownBy(reader::next)
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("4294967295");
  }

  @Test
  void messagesThatMakeNoSense_read_areRefusedWithTheirValue() {
    assertRefused("00", "type 0");
    assertRefused("0b", "type 11");
    assertRefused("0a 01 04 37323070 0500 02d0 02 002dc6c0 00000001", "peak 1 bit/s");
    assertRefused("09 01 2f", "stream id '/'");
    assertRefused("08 07 73747265616d31 00000007 0104 00000001 00 ff", "without its format");
    assertRefused("08 07 73747265616d31 ffffffff", "4294967295");
    assertRefused(
        "05 000000000000012c 0000000000000002 3ff8000000000000 3fd0000000000000 00000003 00000004"
            + " 00",
        "1 bytes left");
    String rest = " 00000000 00000000";
    assertRefused(
        "05 ffffffffffffffff 0000000000000000 3ff8000000000000 0000000000000000" + rest, "-1");
    assertRefused(
        "05 0000000000000000 0000000000000000 7ff8000000000000 0000000000000000" + rest, "NaN");
    assertRefused(
        "05 0000000000000000 0000000000000000 3ff8000000000000 4000000000000000" + rest, "2.0");
    assertRefused("07 04 66617374 00 00", "frame divisor 0");
    assertRefused("07 01 61 01 00", "preset 'a'");
    assertRefused("04 01 2f 0105 01", "rendition name '/'");
    assertRefused("01 04 0200", "kind of track 2");
    assertRefused("01 04 0000 403d800000000000 01 61 00", "preset 'a'");
    assertRefused("01 04 0000 403d800000000000 04 66617374 00 00", "0 rungs");
    assertRefused("01 04 0000 403d800000000000 04 66617374 00 02", "2 sounds");
    assertRefused(
        "01 04 0000 403d800000000000 04 66617374 00"
            + " 01 00 03 616163 0000bb80 03 0001f400 0000000000000400 0000000000000007",
        "3 channels");
    String rung = "04 37323070 0500 02d1 01 002dc6c0 00325aa0 8000000000000000 0000000000000000";
    assertRefused("01 04 0000 403d800000000000 04 66617374 01" + rung, "height 721");
  }

  @Test
  void posterAndKeyframeAboveTheirLimits_areRefused() {
    Bytes large = Bytes.wrap(new byte[Poster.MAX_JPEG_BYTES + 1]);
    assertThatThrownBy(() -> new Poster(STREAM, large))
        .hasMessageContaining("poster of 2097153 bytes (expected: <= 2097152)");
    Bytes message =
        new ByteWriter().bytes(Bytes.ofHex("09 07 73747265616d31")).bytes(large).toBytes();
    assertThatThrownBy(() -> WorkerProtocol.read(message))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("2097153");
    Bytes largest = Bytes.wrap(new byte[PosterFrame.MAX_PAYLOAD_BYTES]);
    PosterFrame frame = new PosterFrame(STREAM, format(), largest);
    assertThat(WorkerProtocol.read(WorkerProtocol.write(frame).slice(4))).isEqualTo(frame);
  }

  private static VideoFormat format() {
    return VECTORS.stream()
        .map(Vector::message)
        .filter(PosterFrame.class::isInstance)
        .map(message -> ((PosterFrame) message).format())
        .findFirst()
        .orElseThrow();
  }

  private static void assertRefused(String hex, String sentence) {
    assertThatThrownBy(() -> WorkerProtocol.read(Bytes.ofHex(hex)))
        .as(hex)
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void workerOfAnotherRelease_read_isUnsupported() {
    assertThatThrownBy(() -> WorkerProtocol.read(Bytes.ofHex("03 01 78323634")))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("version 1 (expected: 4)");
  }

  @Test
  void rungLargerThanTheOneAbove_inAJob_isRefused() {
    List<RungJob> rungs =
        List.of(
            RungJob.fromTheStart(new Rung(SD, 854, 480, 1, 1_500_000, 1_650_000)),
            RungJob.fromTheStart(new Rung(HD, 1280, 720, 1, 3_000_000, 3_300_000)));
    assertThatThrownBy(() -> new TranscodeJob(TrackId.VIDEO, 30, EncoderPreset.FAST, rungs))
        .hasMessageContaining("none larger than the one before");
  }

  @Test
  void damagedMessages_read_areMessagesOrDeclaredRefusals() {
    new FuzzTarget(
            "worker-message",
            VECTORS.stream().map(v -> Bytes.ofHex(v.hex).asByteBuffer()).toList(),
            256,
            WorkerProtocolTest::readAnything)
        .attackWithDamage(5_000);
  }

  private static void readAnything(byte[] bytes) {
    WorkerMessage message;
    try {
      message = WorkerProtocol.read(Bytes.wrap(bytes));
    } catch (MediaException e) {
      return;
    }
    Bytes again = WorkerProtocol.write(message);
    assertThat(WorkerProtocol.read(again.slice(4))).isEqualTo(message);
  }

  @Test
  void closedStream_written_keepsItsSentence() {
    SourceEntry entry = new SourceEntry(new StreamClosed(false, "Das Netz ist weg: „aus“."));
    assertThat(WorkerProtocol.read(WorkerProtocol.write(entry).slice(4))).isEqualTo(entry);
  }
}
