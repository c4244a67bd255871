package nova.media.mp4;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.media.TrackFormat;
import nova.media.hls.AudioRendition;
import nova.media.hls.MediaPlaylist;
import nova.media.hls.MediaPlaylistWriter;
import nova.media.hls.MediaSegment;
import nova.media.hls.MultivariantPlaylist;
import nova.media.hls.MultivariantPlaylistWriter;
import nova.media.hls.ServerControl;
import nova.media.hls.VariantStream;
import nova.media.mp4.EncodedSample.Frame;
import nova.testkit.Ffprobe;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// FFmpeg reads what Nova writes: the same packets at the same times, and the same pictures.
class CmafOracleIT {
  private static final int FRAMES_PER_CHUNK = 10;

  @TempDir static Path folder;
  private static EncodedSample sample;

  @BeforeAll
  static void encode() throws IOException {
    sample = EncodedSample.encode(folder);
  }

  @Test
  void video_is_read_back_with_the_same_packets_and_times() throws IOException {
    Path file = write("video.mp4", sample.videoFormat(), chunks(sample.video(), 90_000, 0));

    assertSamePackets(file, sample.video(), 90_000);
    // Of AAC, ffprobe 5.1 tells no duration for the first packet of any fragmented file.
    assertThat(Ffprobe.packets(file.toString()))
        .extracting(Ffprobe.Packet::duration)
        .isEqualTo(map(sample.video(), Frame::duration));
    JsonNode stream = Ffprobe.streams(file.toString()).getFirst();
    assertThat(stream.path("codec_name").asText()).isEqualTo("h264");
    assertThat(stream.path("codec_tag_string").asText()).isEqualTo("avc1");
    assertThat(stream.path("width").asInt()).isEqualTo(320);
    assertThat(stream.path("height").asInt()).isEqualTo(180);
    assertThat(stream.path("time_base").asText()).isEqualTo("1/90000");
    assertThat(stream.path("color_space").asText()).isEqualTo("bt709");
    assertThat(stream.path("has_b_frames").asInt()).isEqualTo(2);
  }

  @Test
  void audio_is_read_back_with_the_same_packets_and_times() throws IOException {
    Path file = write("audio.mp4", sample.audioFormat(), chunks(sample.audio(), 1L << 40, 0));

    assertSamePackets(file, sample.audio(), 1L << 40);
    JsonNode stream = Ffprobe.streams(file.toString()).getFirst();
    assertThat(stream.path("codec_name").asText()).isEqualTo("aac");
    assertThat(stream.path("profile").asText()).isEqualTo("LC");
    assertThat(stream.path("sample_rate").asInt()).isEqualTo(48_000);
    assertThat(stream.path("channels").asInt()).isEqualTo(2);
  }

  @Test
  void video_whose_presentation_precedes_its_decode_time_keeps_its_presentation_times()
      throws IOException {
    // Presentation begins with decoding, as after a constant shift: offsets of B-frames go
    // negative.
    long shift = sample.video().getFirst().pts() - sample.video().getFirst().dts();
    List<CmafChunk> chunks = chunks(sample.video(), 90_000, shift);
    assertThat(chunks.getFirst().samples()).anyMatch(s -> s.compositionOffset() < 0);

    Path file = write("signed.mp4", sample.videoFormat(), chunks);

    // ffprobe 5.1 delays all of a fragmented track by its most negative offset.
    long delay =
        -chunks.stream()
            .flatMap(c -> c.samples().stream())
            .mapToLong(CmafSample::compositionOffset)
            .min()
            .orElseThrow();
    assertThat(Ffprobe.packets(file.toString()))
        .extracting(Ffprobe.Packet::pts)
        .isEqualTo(map(sample.video(), f -> f.pts() - shift + 90_000 + delay));
    assertThat(pictures(file)).isEqualTo(pictures(sample.file()));
  }

  @Test
  void every_frame_decodes_to_the_picture_and_sound_of_the_original() throws IOException {
    Path video = write("v.mp4", sample.videoFormat(), chunks(sample.video(), 0, 0));
    Path audio = write("a.mp4", sample.audioFormat(), chunks(sample.audio(), 0, 0));

    assertThat(Ffprobe.decodeErrors(video.toString())).isEmpty();
    assertThat(Ffprobe.decodeErrors(audio.toString())).isEmpty();
    assertThat(pictures(video)).hasSize(150).isEqualTo(pictures(sample.file()));
  }

  @Test
  void playlists_with_headers_and_segments_are_read_as_one_presentation() throws IOException {
    publish("v", sample.videoFormat(), chunks(sample.video(), 0, 0));
    publish("a", sample.audioFormat(), chunks(sample.audio(), 0, 0));
    Files.writeString(
        folder.resolve("index.m3u8"),
        MultivariantPlaylistWriter.write(
            new MultivariantPlaylist(
                false,
                List.of(
                    new VariantStream(
                        "v/index.m3u8",
                        500_000,
                        0,
                        List.of(
                            sample.videoFormat().codecString(), sample.audioFormat().codecString()),
                        Optional.of(new VariantStream.Resolution(320, 180)),
                        30,
                        Optional.of("audio"))),
                List.of(
                    new AudioRendition(
                        "audio", "Default", Optional.empty(), true, 2, "a/index.m3u8")))));

    List<Ffprobe.Packet> packets = Ffprobe.packets(folder.resolve("index.m3u8").toString());

    assertThat(md5s(packets, "video")).isEqualTo(sample.video().stream().map(Frame::md5).toList());
    assertThat(md5s(packets, "audio")).isEqualTo(sample.audio().stream().map(Frame::md5).toList());
    assertThat(Ffprobe.decodeErrors(folder.resolve("index.m3u8").toString())).isEmpty();
  }

  private static List<String> md5s(List<Ffprobe.Packet> packets, String codecType) {
    return packets.stream()
        .filter(p -> p.codecType().equals(codecType))
        .map(Ffprobe.Packet::md5)
        .toList();
  }

  private static void assertSamePackets(Path file, List<Frame> frames, long start) {
    List<Ffprobe.Packet> packets = Ffprobe.packets(file.toString());
    assertThat(packets).extracting(Ffprobe.Packet::md5).isEqualTo(map(frames, Frame::md5));
    assertThat(packets).extracting(Ffprobe.Packet::key).isEqualTo(map(frames, Frame::key));
    assertThat(packets)
        .extracting(Ffprobe.Packet::dts)
        .isEqualTo(map(frames, f -> f.dts() + start));
    assertThat(packets)
        .extracting(Ffprobe.Packet::pts)
        .isEqualTo(map(frames, f -> f.pts() + start));
  }

  private static <T> List<T> map(List<Frame> frames, Function<Frame, T> property) {
    return frames.stream().map(property).toList();
  }

  /// MD5 sums of the decoded pictures, in order of presentation.
  private static List<String> pictures(Path file) {
    byte[] out =
        Ffprobe.ffmpeg(
            Duration.ofSeconds(60),
            "-i",
            file.toString(),
            "-map",
            "0:v",
            "-fps_mode",
            "passthrough",
            "-f",
            "framemd5",
            "-");
    return new String(out, StandardCharsets.US_ASCII)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
        .toList();
  }

  /// Chunks of ten frames, cut at keyframes too; a keyframe begins a segment.
  private static List<CmafChunk> chunks(List<Frame> frames, long start, long ptsShift) {
    List<CmafChunk> chunks = new ArrayList<>();
    List<CmafSample> open = new ArrayList<>();
    boolean audio = frames.stream().allMatch(Frame::key);
    int first = 0;
    for (int i = 0; i <= frames.size(); i++) {
      boolean cut =
          i == frames.size() || open.size() == FRAMES_PER_CHUNK || (!audio && frames.get(i).key());
      if (cut && !open.isEmpty()) {
        Frame head = frames.get(first);
        chunks.add(
            new CmafChunk(
                chunks.size() + 1,
                head.dts() + start,
                audio ? chunks.size() % 10 == 0 : head.key(),
                Optional.of(
                    new ProducerReferenceTime(
                        Instant.parse("2026-11-22T16:00:00Z"),
                        head.pts() + start,
                        ProducerReferenceTime.Event.CAPTURED)),
                open));
        open = new ArrayList<>();
        first = i;
      }
      if (i < frames.size()) {
        Frame frame = frames.get(i);
        open.add(
            new CmafSample(
                frame.payload(),
                frame.duration(),
                frame.pts() - ptsShift - frame.dts(),
                frame.key()));
      }
    }
    return chunks;
  }

  private static Path write(String name, TrackFormat format, List<CmafChunk> chunks)
      throws IOException {
    List<Bytes> parts = new ArrayList<>();
    parts.add(CmafHeaderWriter.write(format));
    chunks.forEach(chunk -> parts.add(CmafChunkWriter.write(chunk)));
    return write(folder.resolve(name), parts);
  }

  private static Path write(Path file, List<Bytes> parts) throws IOException {
    Files.deleteIfExists(file);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (Bytes part : parts) {
        out.write(part.toByteArray());
      }
    }
    return file;
  }

  /// Writes a header, segments and their playlist into a folder.
  private static void publish(String name, TrackFormat format, List<CmafChunk> chunks)
      throws IOException {
    Path target = Files.createDirectory(folder.resolve(name));
    Timescale timescale = format.timescale();
    write(target.resolve("init.mp4"), List.of(CmafHeaderWriter.write(format)));
    List<MediaSegment> segments = new ArrayList<>();
    List<CmafChunk> segment = new ArrayList<>();
    for (int i = 0; i <= chunks.size(); i++) {
      if (!segment.isEmpty() && (i == chunks.size() || chunks.get(i).startsSegment())) {
        String uri = segments.size() + ".m4s";
        write(target.resolve(uri), segment.stream().map(CmafChunkWriter::write).toList());
        segments.add(
            new MediaSegment(
                uri,
                segment.stream().mapToLong(CmafChunk::duration).sum(),
                false,
                Optional.of("init.mp4"),
                Optional.empty(),
                List.of(),
                true,
                false));
        segment.clear();
      }
      if (i < chunks.size()) {
        segment.add(chunks.get(i));
      }
    }
    Files.writeString(
        target.resolve("index.m3u8"),
        MediaPlaylistWriter.write(
            new MediaPlaylist(
                timescale,
                4,
                OptionalLong.empty(),
                ServerControl.NONE,
                0,
                0,
                true,
                segments,
                Optional.empty(),
                List.of(),
                List.of(),
                true)));
  }
}
