package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.core.TrackDescription;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.DataMessage;
import nova.ingest.message.VideoMessage;
import nova.media.MediaFrame;
import nova.media.amf0.Amf0EcmaArray;
import nova.media.amf0.Amf0Null;
import nova.media.amf0.Amf0Number;
import nova.media.amf0.Amf0String;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of odd broadcasts.
class BroadcastTest {
  private static final Bytes OTHER_AVC_HEADER =
      Bytes.ofHex(
          "17000000000142c01effe100196742c01ed900a0475fe788000003000800000301e078b14cb0"
              + "01000468ce3c80");

  private TestServer server;
  private TestClient client;
  private StreamId stream;

  @BeforeEach
  void publish() throws Exception {
    server = TestServer.start();
    client = TestClient.publishing(server.port(), "secret");
    assertThat(client.status()).startsWith("NetStream.Publish.Start");
    stream = server.await(StreamStarted.class).stream();
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    server.close();
  }

  @Test
  void lateAudio_joinsAtTheNextKeyframe_asANewEpoch() throws Exception {
    client.send(new VideoMessage(1, 0, TestClient.AVC_HEADER));
    videoUpTo(0, 1_000);
    assertThat(server.await(EpochBegan.class).tracks())
        .hasSize(1)
        .first()
        .isInstanceOf(TrackDescription.Video.class);
    client.send(new AudioMessage(1, 0, TestClient.AAC_HEADER));
    for (int ms = 1_000; ms < 1_400; ms += 20) {
      client.audio(ms);
    }
    videoUpTo(1_000, 1_200);
    client.video(1_400, true);
    client.audio(1_420);
    assertThat(server.await(EpochBegan.class).tracks()).hasSize(2);
    List<LogEntry> entries = end();
    assertThat(ends(entries)).containsExactly(EpochEnd.FORMAT_CHANGED, EpochEnd.FINISHED);
    assertThat(frames(entries, TrackId.VIDEO)).hasSize(31);
    assertThat(frames(entries, TrackId.AUDIO)).hasSize(1);
  }

  @Test
  void announcedAudio_isWaitedForOneSecondOfMedia() throws Exception {
    client.send(
        new DataMessage(
            1,
            0,
            List.of(
                new Amf0String("@setDataFrame"),
                new Amf0String("onMetaData"),
                new Amf0EcmaArray(
                    Map.of(
                        "audiocodecid", new Amf0Number(10), "videocodecid", new Amf0Number(7))))));
    client.send(new VideoMessage(1, 0, TestClient.AVC_HEADER));
    videoUpTo(0, 900);
    client.send(new AudioMessage(1, 0, TestClient.AAC_HEADER));
    client.audio(900);
    assertThat(server.await(EpochBegan.class).tracks()).hasSize(2);
    assertThat(frames(end(), TrackId.VIDEO)).hasSize(23);
  }

  @Test
  void sequenceHeader_repeatedOrChanged() throws Exception {
    client.headers();
    videoUpTo(0, 400);
    client.headers();
    client.video(400, true);
    client.send(new VideoMessage(1, 440, OTHER_AVC_HEADER));
    client.video(440, true);
    client.audio(440);
    List<LogEntry> entries = end();
    assertThat(ends(entries)).containsExactly(EpochEnd.FORMAT_CHANGED, EpochEnd.FINISHED);
    assertThat(entries.stream().filter(TrackFormatChanged.class::isInstance))
        .extracting(e -> ((TrackFormatChanged) e).format().codecString())
        .containsExactly("avc1.4d400d", "mp4a.40.2", "avc1.42c01e", "mp4a.40.2");
    assertRising(frames(entries, TrackId.VIDEO));
  }

  @Test
  void clockThatJumps_isANewEpochAtTheNextKeyframe_andNothingIsLost() throws Exception {
    client.headers();
    videoAndAudioUpTo(100_000, 101_000, 0);
    videoAndAudioUpTo(101_000, 101_400, -100_500);
    client.video(101_400 - 100_500, true);
    videoAndAudioUpTo(101_440, 102_000, -100_500);
    List<LogEntry> entries = end();
    assertThat(ends(entries)).containsExactly(EpochEnd.FORMAT_CHANGED, EpochEnd.FINISHED);
    List<MediaFrame> video = frames(entries, TrackId.VIDEO);
    assertThat(video).hasSize(50);
    assertRising(video);
    assertThat(video.getLast().dts()).isBetween(1_900 * 90L, 2_100 * 90L);
    assertRising(frames(entries, TrackId.AUDIO));
  }

  @Test
  void timestamps_thatWrap_goOnInTheSameEpoch() throws Exception {
    for (long wrap : List.of(1L << 32, 1L << 31)) {
      client.headers();
      for (int ms = -400; ms < 400; ms += 40) {
        long wire = ms < 0 ? wrap + ms : ms;
        client.video(wire, ms == -400);
        client.audio(wire);
      }
      List<LogEntry> entries = end();
      assertThat(ends(entries)).containsExactly(EpochEnd.FINISHED);
      List<MediaFrame> video = frames(entries, TrackId.VIDEO);
      for (int i = 0; i < 20; i++) {
        assertThat(video.get(i).dts()).isEqualTo(i * 3_600L);
      }
      client.close();
      client = TestClient.publishing(server.port(), "secret");
      client.status();
      stream = server.await(StreamStarted.class).stream();
    }
  }

  @Test
  void unsupportedVideo_leavesAudio_andAdvice() throws Exception {
    client.send(new VideoMessage(1, 0, Bytes.ofHex("90 68766331 01010000")));
    client.send(new AudioMessage(1, 0, TestClient.AAC_HEADER));
    for (int ms = 0; ms < 3_000; ms += 21) {
      client.audio(ms);
      client.send(new VideoMessage(1, ms, Bytes.ofHex("91 68766331 000000 00000002 2601")));
    }
    assertThat(server.await(EpochBegan.class).tracks())
        .hasSize(1)
        .first()
        .isInstanceOf(TrackDescription.Audio.class);
    StreamMeasured measured = server.await(StreamMeasured.class);
    assertThat(measured.health().advice())
        .first()
        .asString()
        .startsWith("video is H.265 (HEVC)")
        .contains("set the video encoder to H.264");
    assertThat(measured.health().droppedFrames()).isPositive();
  }

  @Test
  void brokenFrames_areDroppedAndCounted_andTheRestGoesOn() throws Exception {
    client.send(new VideoMessage(1, 0, Bytes.EMPTY));
    client.send(new AudioMessage(1, 0, Bytes.EMPTY));
    client.send(new AudioMessage(1, 0, Bytes.ofHex("af00")));
    client.headers();
    client.video(0, true);
    client.send(new VideoMessage(1, 40, Bytes.ofHex("2701000000000000ff419a")));
    client.send(new VideoMessage(1, 40, Bytes.ofHex("270100000000000000")));
    client.send(new VideoMessage(1, 40, Bytes.ofHex("27")));
    client.send(new VideoMessage(1, 40, Bytes.ofHex("1700000000ff")));
    client.send(new AudioMessage(1, 40, Bytes.ofHex("af02ff")));
    client.send(new AudioMessage(1, 40, Bytes.ofHex("af01")));
    client.send(new VideoMessage(1, 40, Bytes.ofHex("1702000000")));
    client.sendRaw(Bytes.ofHex("04 000000 000003 12 01000000 0200ff")); // metadata cut short
    client.video(80, false);
    client.audio(80);
    List<LogEntry> entries = end();
    assertThat(frames(entries, TrackId.VIDEO)).hasSize(2);
    assertThat(frames(entries, TrackId.AUDIO)).hasSize(1);
    assertThat(ends(entries)).containsExactly(EpochEnd.FINISHED);
    assertThat(server.drops)
        .containsEntry("truncated-nal-unit", 1)
        .containsEntry("empty-nal-unit", 1)
        .containsEntry("bad-audio-packet-type", 1);
  }

  @Test
  void stream_thatBeginsWithoutAKeyframe_waitsForOne() throws Exception {
    client.headers();
    for (int ms = 0; ms < 400; ms += 40) {
      client.video(ms, false);
      client.audio(ms);
    }
    client.video(400, true);
    client.audio(400);
    List<LogEntry> entries = end();
    List<MediaFrame> video = frames(entries, TrackId.VIDEO);
    assertThat(video).hasSize(1);
    assertThat(video.getFirst().keyframe()).isTrue();
    assertThat(frames(entries, TrackId.AUDIO)).hasSize(1);
  }

  private void videoUpTo(int from, int to) throws IOException {
    for (int ms = from; ms < to; ms += 40) {
      client.video(ms, ms == 0);
    }
  }

  private void videoAndAudioUpTo(int from, int to, int shift) throws IOException {
    for (int ms = from; ms < to; ms += 40) {
      client.video(ms + shift, ms == 100_000);
      client.audio(ms + shift);
      client.audio(ms + shift + 20);
    }
  }

  private List<LogEntry> end() throws IOException {
    client.command(0, "FCUnpublish", 0, new Amf0Null());
    return server.readToEnd(stream);
  }

  private static List<EpochEnd> ends(List<LogEntry> entries) {
    return entries.stream()
        .filter(EpochEnded.class::isInstance)
        .map(e -> ((EpochEnded) e).end())
        .toList();
  }

  private static List<MediaFrame> frames(List<LogEntry> entries, TrackId track) {
    return entries.stream()
        .filter(LoggedFrame.class::isInstance)
        .map(e -> ((LoggedFrame) e).frame())
        .filter(frame -> frame.track().equals(track))
        .toList();
  }

  private static void assertRising(List<MediaFrame> frames) {
    for (int i = 1; i < frames.size(); i++) {
      assertThat(frames.get(i).dts()).isGreaterThan(frames.get(i - 1).dts());
    }
  }
}
