package nova.app.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.media.MalformedMediaException;
import nova.media.bytes.ByteWriter;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTag.FlvAudioTag;
import nova.media.flv.FlvTag.FlvScriptTag;
import nova.media.flv.FlvTag.FlvVideoTag;
import nova.media.flv.FlvTagWriter;
import nova.media.flv.LegacyTags;
import org.junit.jupiter.api.Test;

/// Plays a clip against a clock that runs ahead of every timestamp, so nothing waits: 8 s of 180p,
/// which at 30 fps and 48 kHz are exactly 240 pictures with B-frames and 375 AAC frames.
class BroadcastTest {
  private static final long ROUND_MS = 8_000;

  private final AtomicLong nowNs = new AtomicLong();
  private final NanoClock hurried = () -> nowNs.getAndAdd(Duration.ofMinutes(10).toNanos());
  private final List<FlvTag> sent = new ArrayList<>();

  @Test
  void clip_is_a_whole_number_of_frames() throws Exception {
    run(Duration.ofMillis(ROUND_MS));

    assertThat(frames(FlvVideoTag.class)).hasSize(240);
    assertThat(frames(FlvAudioTag.class)).hasSize(375);
  }

  @Test
  void rounds_continue_without_a_gap() throws Exception {
    run(Duration.ofMillis(3 * ROUND_MS));

    assertSteady(frames(FlvVideoTag.class), 3 * 240, 33, 34);
    assertSteady(frames(FlvAudioTag.class), 3 * 375, 21, 22);
  }

  @Test
  void headers_are_sent_once() throws Exception {
    run(Duration.ofMillis(3 * ROUND_MS));

    assertThat(sent).filteredOn(FlvTags::isHeader).hasSize(3);
    assertThat(sent).filteredOn(FlvScriptTag.class::isInstance).hasSize(1);
    assertThat(sent).noneMatch(FlvTags::isEnd);
  }

  @Test
  void time_limit_ends_it_within_a_round() throws Exception {
    run(Duration.ofSeconds(11));

    assertThat(sent).isNotEmpty().allMatch(tag -> tag.timestampMs() < 11_000);
    assertThat(sent.getLast().timestampMs()).isBetween(10_900L, 11_000L);
  }

  @Test
  void tags_are_sent_when_they_are_due() throws Exception {
    Broadcast broadcast =
        new Broadcast(BroadcastTest::clip, false, Duration.ofMillis(300), System::nanoTime);
    long startNs = System.nanoTime();
    List<Long> earlyNs = new ArrayList<>();

    broadcast.run(
        tag -> earlyNs.add(tag.timestampMs() * 1_000_000 - (System.nanoTime() - startNs)));

    assertThat(earlyNs).isNotEmpty().allMatch(early -> early <= 0);
  }

  @Test
  void live_source_is_sent_as_it_comes() throws Exception {
    long startNs = System.nanoTime();

    Broadcast.live(BroadcastTest::clip, Duration.ofSeconds(60), System::nanoTime).run(sent::add);

    assertThat(frames(FlvVideoTag.class)).hasSize(240);
    assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void timestamps_that_begin_anew_after_49_days_go_on() throws Exception {
    long lastOf32BitsMs = 0xffff_ffffL;
    ByteWriter file = new ByteWriter().bytes(FlvTagWriter.fileHeader(true, false));
    for (long atMs = lastOf32BitsMs - 100; atMs <= lastOf32BitsMs + 100; atMs += 40) {
      file.bytes(FlvTagWriter.write(LegacyTags.avcFrame(atMs, 0, true, Bytes.ofHex("0000000165"))));
    }
    byte[] flv = file.toBytes().toByteArray();

    // The end of the time is measured without the wrap: it lies between two of the frames.
    Broadcast.live(
            () -> new ByteArrayInputStream(flv), Duration.ofMillis(lastOf32BitsMs + 50), hurried)
        .run(sent::add);

    assertThat(sent.stream().map(FlvTag::timestampMs))
        .containsExactly(0xffff_ff9bL, 0xffff_ffc3L, 0xffff_ffebL, 19L);
  }

  @Test
  void file_that_is_not_flv_is_refused() {
    Broadcast broadcast =
        new Broadcast(
            () -> new ByteArrayInputStream("this is no FLV file".getBytes(StandardCharsets.UTF_8)),
            true,
            Duration.ofSeconds(1),
            hurried);

    assertThatThrownBy(() -> broadcast.run(sent::add)).isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void file_cut_in_a_tag_and_file_without_frames_are_refused() throws IOException {
    byte[] clip = clip().readAllBytes();

    assertThatThrownBy(() -> broadcastOf(clip, 5_000).run(sent::add))
        .isInstanceOf(IOException.class)
        .hasMessage("the file ends in the middle of a tag");
    assertThatThrownBy(() -> broadcastOf(clip, 13).run(sent::add))
        .isInstanceOf(IOException.class)
        .hasMessage("the file has no frames to repeat");
  }

  private Broadcast broadcastOf(byte[] file, int length) {
    return new Broadcast(
        () -> new ByteArrayInputStream(file, 0, length), true, Duration.ofSeconds(60), hurried);
  }

  private void run(Duration atMost) throws Exception {
    new Broadcast(BroadcastTest::clip, true, atMost, hurried).run(sent::add);
  }

  private List<FlvTag> frames(Class<? extends FlvTag> kind) {
    return sent.stream().filter(kind::isInstance).filter(tag -> !FlvTags.isHeader(tag)).toList();
  }

  private static void assertSteady(List<FlvTag> frames, int count, long least, long most) {
    assertThat(frames).hasSize(count);
    for (int i = 1; i < count; i++) {
      assertThat(frames.get(i).timestampMs() - frames.get(i - 1).timestampMs())
          .as("distance before frame %d", i)
          .isBetween(least, most);
    }
  }

  private static InputStream clip() {
    InputStream clip = BroadcastTest.class.getResourceAsStream("/clip.flv");
    assertThat(clip).isNotNull();
    return clip;
  }
}
