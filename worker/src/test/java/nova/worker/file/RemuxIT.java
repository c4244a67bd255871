package nova.worker.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagReader;
import nova.media.flv.VideoPacket;
import nova.media.flv.VideoPackets;
import nova.testkit.Ffprobe;
import nova.worker.JavaProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The program on files that FFmpeg wrote, compared with what FFmpeg reads from them.
class RemuxIT {
  private static final Duration ENCODING = Duration.ofSeconds(60);
  private static final String[] H264 = {
    "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "60", "-bf", "2"
  };

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "+faststart",
    "+frag_keyframe+empty_moov",
    "+negative_cts_offsets",
  })
  void file_withBFrames_keepsItsFramesAndTheirDistances(String movflags) throws Exception {
    Path mp4 = mp4("plain.mp4", List.of("-c:a", "aac"), H264, "-movflags", movflags);

    Path flv = remux(mp4);

    for (String kind : List.of("video", "audio")) {
      assertSameFrames(packets(flv, kind), packets(mp4, kind), mp4);
    }
    byte[] _ = Ffprobe.ffmpeg(ENCODING, "-xerror", "-i", flv.toString(), "-f", "null", "-");
  }

  @Test
  void fileWithAnEditList_staysInSync() throws Exception {
    Path whole = mp4("whole.mp4", List.of("-c:a", "aac"), H264);
    Path cut = directory.resolve("cut.mp4");
    byte[] _ =
        Ffprobe.ffmpeg(
            ENCODING, "-ss", "0.7", "-i", whole.toString(), "-c", "copy", cut.toString());

    Path flv = remux(cut);

    List<Ffprobe.Packet> video = packets(flv, "video");
    assertThat(video.stream().filter(Ffprobe.Packet::key)).isNotEmpty();
    assertThat(video.getFirst().key()).isTrue();
    assertThat(video.getFirst().dts()).isZero();
    // A frame of each, found in both files by its content, is as far from the other as it was.
    Ffprobe.Packet sound = packets(flv, "audio").get(20);
    Ffprobe.Packet picture = video.get(20);
    double inFlv = (picture.pts() - sound.pts()) / 1e3;
    assertThat(inFlv)
        .isCloseTo(
            ptsSeconds(whole, "video", picture.md5()) - ptsSeconds(whole, "audio", sound.md5()),
            within(0.003));
  }

  @Test
  void fileOfOneTrack_isEnough() throws Exception {
    Path silent = mp4("silent.mp4", List.of("-an"), H264);
    Path sound = mp4("sound.m4a", List.of("-c:a", "aac"), new String[] {"-vn"});

    assertThat(packets(remux(silent), "video")).hasSameSizeAs(packets(silent, "video"));
    assertThat(packets(remux(sound), "audio")).hasSameSizeAs(packets(sound, "audio"));
  }

  @Test
  void loop_goesOnWithoutAGap() throws Exception {
    Path mp4 = mp4("round.mp4", List.of("-an"), H264);
    int frames = packets(mp4, "video").size();
    Process process = JavaProgram.start(Remux.class, List.of("loop", mp4.toString()));
    List<FlvTag> tags = new ArrayList<>();
    try (InputStream in = process.getInputStream()) {
      FlvTagReader reader = new FlvTagReader(1 << 22);
      byte[] buffer = new byte[1 << 13];
      while (tags.stream().filter(RemuxIT::isPicture).count() < 3L * frames) {
        int count = in.read(buffer);
        assertThat(count).as("bytes before the end").isPositive();
        reader.read(ByteBuffer.wrap(buffer, 0, count), tags::add);
      }
    } finally {
      process.destroyForcibly();
    }

    List<FlvTag> pictures = tags.stream().filter(RemuxIT::isPicture).limit(3L * frames).toList();
    for (int i = 0; i < pictures.size(); i++) {
      assertThat(pictures.get(i).timestampMs()).isEqualTo(Math.round(i * 1000.0 / 30));
      assertThat(composition(pictures.get(i)))
          .as("composition time of frame %d", i)
          .isCloseTo(composition(pictures.get(i % frames)), within(1));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mpeg4 | aac | has video of the codec mpeg4 (expected: H.264)",
        "libx264 | mp3 | has audio of the codec mp3 (expected: AAC)",
      })
  void codecThatCannotBeSent_isNamed(String video, String audio, String sentence) throws Exception {
    Path mp4 = mp4("other.mp4", List.of("-c:a", audio), new String[] {"-c:v", video});

    assertThat(failure(mp4)).isEqualTo(mp4 + " " + sentence);
  }

  @Test
  void fileThatIsNone_isRefusedInOneSentence() throws Exception {
    Path junk =
        Files.writeString(directory.resolve("junk.mp4"), "\0\0\0\u0018ftypisom and no more");
    assertThat(failure(junk)).startsWith("reading " + junk).doesNotContain("\n");
    assertThat(failure(directory.resolve("none.mp4"))).contains("No such file or directory");
    Path whole = mp4("whole.mp4", List.of("-an"), H264);
    byte[] bytes = Files.readAllBytes(whole);
    Path half = directory.resolve("half.mp4");
    Files.write(half, Arrays.copyOf(bytes, bytes.length / 2)); // the index is at the end
    assertThat(failure(half)).startsWith("reading " + half).doesNotContain("\n");
  }

  private Path mp4(String name, List<String> audio, String[] video, String... more) {
    Path mp4 = directory.resolve(name);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30"));
    arguments.addAll(List.of("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"));
    arguments.addAll(List.of(video));
    arguments.addAll(audio);
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("-t", "3", mp4.toString()));
    byte[] _ = Ffprobe.ffmpeg(ENCODING, arguments.toArray(String[]::new));
    return mp4;
  }

  private Path remux(Path mp4) throws Exception {
    Path flv = directory.resolve(mp4.getFileName() + ".flv");
    Process process = JavaProgram.start(Remux.class, List.of("once", mp4.toString()));
    try {
      Files.write(flv, process.getInputStream().readAllBytes());
      assertThat(process.errorReader().lines()).isEmpty();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
    return flv;
  }

  private static String failure(Path file) throws Exception {
    Process process = JavaProgram.start(Remux.class, List.of("once", file.toString()));
    try {
      String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      return said.strip();
    } finally {
      process.destroyForcibly();
    }
  }

  /// The same payloads in the same order, and times that differ by less than a millisecond from
  /// those of the file, counted from the first.
  private static void assertSameFrames(
      List<Ffprobe.Packet> flv, List<Ffprobe.Packet> mp4, Path file) {
    assertThat(flv.stream().map(Ffprobe.Packet::md5).toList())
        .isEqualTo(mp4.stream().map(Ffprobe.Packet::md5).toList());
    double tick = tickSeconds(file, mp4.getFirst().streamIndex());
    for (int i = 0; i < flv.size(); i++) {
      double expectedDts = (mp4.get(i).dts() - mp4.getFirst().dts()) * tick;
      double expectedPts = (mp4.get(i).pts() - mp4.getFirst().dts()) * tick;
      assertThat((flv.get(i).dts() - flv.getFirst().dts()) / 1e3)
          .isCloseTo(expectedDts, within(0.0011));
      assertThat((flv.get(i).pts() - flv.getFirst().dts()) / 1e3)
          .isCloseTo(expectedPts, within(0.0011));
      assertThat(flv.get(i).key()).isEqualTo(mp4.get(i).key());
    }
  }

  private static double ptsSeconds(Path file, String kind, String md5) {
    Ffprobe.Packet found =
        packets(file, kind).stream().filter(p -> p.md5().equals(md5)).findFirst().orElseThrow();
    return found.pts() * tickSeconds(file, found.streamIndex());
  }

  private static double tickSeconds(Path file, int stream) {
    String base = Ffprobe.streams(file.toString()).get(stream).path("time_base").asText();
    assertThat(base).startsWith("1/");
    return 1 / Double.parseDouble(base.substring(2));
  }

  private static List<Ffprobe.Packet> packets(Path file, String kind) {
    return Ffprobe.packets(file.toString()).stream()
        .filter(packet -> packet.codecType().equals(kind))
        .toList();
  }

  private static boolean isPicture(FlvTag tag) {
    return tag instanceof FlvTag.FlvVideoTag
        && VideoPackets.read(tag.payload()).getFirst() instanceof VideoPacket.CodedFrame;
  }

  private static int composition(FlvTag tag) {
    return VideoPackets.read(tag.payload()).getFirst() instanceof VideoPacket.CodedFrame frame
        ? frame.compositionTimeMs()
        : -1;
  }
}
