package nova.framelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.core.TrackKind;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.MediaFrame;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.testkit.FuzzTarget;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class LogWireFormatTest {

  private record Vector(String name, LogEntry entry, String hex) {}

  private static final List<Vector> VECTORS =
      List.of(
          new Vector(
              "epoch started",
              new EpochStarted(new Epoch(3), 17, Instant.ofEpochSecond(1, 2)),
              "0101 00000003 0000000000000011 0000000000000001 00000002"),
          new Vector(
              "epoch whose origin lies before 1970",
              new EpochStarted(new Epoch(0), 1, Instant.ofEpochSecond(-1, 5)),
              "0101 00000000 0000000000000001 ffffffffffffffff 00000005"),
          new Vector(
              "video format",
              new TrackFormatChanged(
                  TrackId.VIDEO,
                  new VideoFormat(
                      VideoCodec.AVC,
                      Timescale.VIDEO,
                      "avc1.64001f",
                      1280,
                      720,
                      new PixelAspectRatio(64, 45),
                      29.5,
                      Bytes.ofHex("01640000"))),
              "0102 0000 01 00015f90 0b 617663312e363430303166 0500 02d0 00000040 0000002d"
                  + " 403d800000000000 01640000"),
          new Vector(
              "audio format of the third track",
              new TrackFormatChanged(
                  new TrackId(TrackKind.AUDIO, 2),
                  new AudioFormat(
                      AudioCodec.AAC, "mp4a.40.2", 44_100, 2, 1024, Bytes.ofHex("1210"))),
              "0102 0102 02 0000ac44 09 6d7034612e34302e32 02 0400 1210"),
          new Vector(
              "keyframe that begins a segment",
              frame(TrackId.VIDEO, 90, 270, true, true, "00000002 6588"),
              "0103 0000 03 000000000000005a 000000000000010e 0000000000000001 00000002"
                  + " 0000000000000003 00000004 0000000000000009 000000026588"),
          new Vector(
              "frame before media time zero, without payload",
              frame(TrackId.AUDIO, -1, -1, false, false, ""),
              "0103 0100 00 ffffffffffffffff ffffffffffffffff 0000000000000001 00000002"
                  + " 0000000000000003 00000004 0000000000000009"),
          new Vector(
              "epoch ended", new EpochEnded(new Epoch(7), EpochEnd.TAKEN_OVER), "0104 00000007 02"),
          new Vector("stream closed", new StreamClosed(true, "über"), "0105 01 c3bc626572"));

  private static LoggedFrame frame(
      TrackId track, long dts, long pts, boolean keyframe, boolean cut, String payload) {
    return new LoggedFrame(
        new MediaFrame(track, dts, pts, keyframe, Bytes.ofHex(payload)),
        Instant.ofEpochSecond(1, 2),
        Instant.ofEpochSecond(3, 4),
        9,
        cut);
  }

  @Test
  void entry_written_isItsVector() {
    for (Vector vector : VECTORS) {
      assertThat(LogWireFormat.write(vector.entry).toHex())
          .as(vector.name)
          .isEqualTo(vector.hex.replace(" ", ""));
    }
  }

  @Test
  void vector_read_isItsEntry() {
    for (Vector vector : VECTORS) {
      assertThat(LogWireFormat.read(Bytes.ofHex(vector.hex)))
          .as(vector.name)
          .isEqualTo(vector.entry);
    }
  }

  @Test
  void everyEnd_writtenAndRead_isItself() {
    for (EpochEnd end : EpochEnd.values()) {
      EpochEnded entry = new EpochEnded(new Epoch(0), end);
      assertThat(LogWireFormat.read(LogWireFormat.write(entry))).isEqualTo(entry);
    }
  }

  @Test
  void broadcast_writtenAndRead_isItself() {
    InProcessFrameLog log = new InProcessFrameLog(FrameLogConfig.defaults());
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(new StreamId("stream1")));
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(6);
    var _ = writer.startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN);
    for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
      LoggedFrame logged = writer.append(arrival.frame(), arrival.at());
      assertThat(LogWireFormat.read(LogWireFormat.write(logged))).isEqualTo(logged);
    }
  }

  @Test
  void randomFrames_writtenAndRead_areThemselves() {
    Seeds.each(
        300,
        random -> {
          byte[] payload = new byte[random.nextInt(64)];
          random.nextBytes(payload);
          LoggedFrame entry =
              new LoggedFrame(
                  new MediaFrame(
                      new TrackId(
                          random.nextBoolean() ? TrackKind.VIDEO : TrackKind.AUDIO,
                          random.nextInt(256)),
                      random.nextLong(),
                      random.nextLong(),
                      random.nextBoolean(),
                      Bytes.wrap(payload)),
                  instant(random),
                  instant(random),
                  random.nextLong(),
                  random.nextBoolean());
          assertThat(LogWireFormat.read(LogWireFormat.write(entry))).isEqualTo(entry);
        });
  }

  private static Instant instant(Random random) {
    return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
  }

  @Test
  void vectorCutShort_read_isMalformedUnlessOnlyItsTailIsShorter() {
    for (Vector vector : VECTORS) {
      Bytes whole = Bytes.ofHex(vector.hex);
      for (int length = 0; length < whole.length(); length++) {
        Bytes part = whole.slice(0, length);
        try {
          LogEntry entry = LogWireFormat.read(part);
          // What runs to the end of the entry may be shorter and is then another entry.
          assertThat(LogWireFormat.read(LogWireFormat.write(entry))).isEqualTo(entry);
        } catch (MalformedMediaException e) {
          assertThat(e.reason()).as(vector.name).isEqualTo("truncated-log-entry");
        }
      }
    }
  }

  @Test
  void fieldsOutOfRange_read_areRefusedWithTheirValue() {
    assertRefused("0100", "type 0");
    assertRefused("0106", "type 6");
    assertRefused("0101 80000000", "epoch -2147483648");
    assertRefused("0101 00000000 0000000000000001 0000000000000000 3b9aca00", "1000000000");
    assertRefused("0101 00000000 0000000000000001 7fffffffffffffff 00000000", "seconds since 1970");
    assertRefused("0102 0200 01", "kind of track 2");
    assertRefused("0102 0000 03", "codec 3");
    assertRefused("0102 0000 01 00000000", "timescale 0");
    assertRefused("0102 0000 01 00015f90 00 0000 02d0", "width 0");
    assertRefused(
        "0102 0000 01 00015f90 00 0001 0001 00000001 00000001 7ff8000000000000", "frame rate");
    assertRefused("0102 0100 02 ffffffff", "sample rate -1");
    assertRefused("0103 0000 04", "flags 4");
    assertRefused("0104 00000000 04", "end of epoch 4");
    assertRefused("0104 00000000 03 00", "bytes left 1");
    assertRefused("0105 02", "flag 2");
  }

  private static void assertRefused(String hex, String sentence) {
    assertThatThrownBy(() -> LogWireFormat.read(Bytes.ofHex(hex)))
        .as(hex)
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining(sentence)
        .hasMessageContaining("(expected: ");
  }

  @Test
  void otherVersion_read_isUnsupported() {
    assertThatThrownBy(() -> LogWireFormat.read(Bytes.ofHex("0204 00000000 00")))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("version 2 (expected: 1)");
  }

  @Test
  void entryAboveTheLimit_writtenOrRead_isRefused() {
    Bytes large = Bytes.wrap(ByteBuffer.allocate(LogWireFormat.MAX_ENTRY_BYTES + 1));
    assertThatThrownBy(() -> LogWireFormat.read(large)).isInstanceOf(LimitExceededException.class);
    LoggedFrame frame =
        new LoggedFrame(
            new MediaFrame(TrackId.VIDEO, 0, 0, true, large),
            Instant.EPOCH,
            Instant.EPOCH,
            1,
            true);
    assertThatThrownBy(() -> LogWireFormat.write(frame)).isInstanceOf(LimitExceededException.class);
  }

  @Test
  void damagedVectors_read_areEntriesOrDeclaredRefusals() {
    new FuzzTarget(
            "log-entry",
            VECTORS.stream().map(v -> Bytes.ofHex(v.hex).asByteBuffer()).toList(),
            64,
            LogWireFormatTest::readAnything)
        .attackWithDamage(5_000);
  }

  private static void readAnything(byte[] bytes) {
    LogEntry entry;
    try {
      entry = LogWireFormat.read(Bytes.wrap(bytes));
    } catch (MediaException e) {
      return;
    }
    assertThat(LogWireFormat.read(LogWireFormat.write(entry))).isEqualTo(entry);
  }
}
