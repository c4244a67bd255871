package nova.media.mp4;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import nova.core.Bytes;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import nova.media.aac.AacFormats;
import nova.media.avc.AvcFormats;
import nova.testkit.Ffprobe;

/// A few seconds of H.264 with B-frames and of AAC, encoded by FFmpeg into an MP4 file and taken
/// apart with what ffprobe tells of it, so that none of Nova's own readers is trusted.
///
/// @param file the MP4 file
/// @param video in decode order
/// @param audio in decode order
record EncodedSample(
    Path file,
    VideoFormat videoFormat,
    AudioFormat audioFormat,
    List<Frame> video,
    List<Frame> audio) {
  /// One packet; times begin at 0 with the first `dts` of its track.
  record Frame(long dts, long pts, long duration, boolean key, String md5, Bytes payload) {}

  static EncodedSample encode(Path folder) throws IOException {
    Path file = folder.resolve("sample.mp4");
    Ffprobe.ffmpeg(
        Duration.ofSeconds(60),
        ("-f lavfi -i testsrc2=s=320x180:r=30 -f lavfi -i sine=440:r=48000 -t 5"
                + " -c:v libx264 -preset veryfast -bf 2 -g 60 -pix_fmt yuv420p"
                + " -color_primaries bt709 -color_trc bt709 -colorspace bt709"
                + " -video_track_timescale 90000 -c:a aac -ac 2 -b:a 64k "
                + file)
            .split(" "));
    List<JsonNode> streams =
        Ffprobe.json(file.toString(), "-show_streams", "-show_data")
            .path("streams")
            .valueStream()
            .toList();
    Bytes bytes = Bytes.wrap(Files.readAllBytes(file));
    return new EncodedSample(
        file,
        AvcFormats.of(extradata(streams.get(0))),
        AacFormats.of(extradata(streams.get(1))),
        frames(file, bytes, 0),
        frames(file, bytes, 1));
  }

  private static List<Frame> frames(Path file, Bytes bytes, int stream) {
    JsonNode packets =
        Ffprobe.json(
                file.toString(),
                "-ignore_editlist",
                "1",
                "-select_streams",
                Integer.toString(stream),
                "-show_packets",
                "-show_data_hash",
                "md5")
            .path("packets");
    long start = packets.path(0).path("dts").asLong();
    List<Frame> frames = new ArrayList<>();
    for (JsonNode packet : packets) {
      int position = packet.path("pos").asInt();
      frames.add(
          new Frame(
              packet.path("dts").asLong() - start,
              packet.path("pts").asLong() - start,
              packet.path("duration").asLong(),
              packet.path("flags").asText().startsWith("K"),
              packet.path("data_hash").asText().replaceFirst("^MD5:", ""),
              bytes.slice(position, position + packet.path("size").asInt())));
    }
    return List.copyOf(frames);
  }

  /// ffprobe prints it as a hexadecimal dump: offset, groups of two bytes, two spaces, characters.
  private static Bytes extradata(JsonNode stream) {
    StringBuilder hex = new StringBuilder();
    for (String line : stream.path("extradata").asText().strip().lines().toList()) {
      String groups = line.substring(line.indexOf(": ") + 2);
      hex.append(groups.substring(0, groups.indexOf("  ")).replace(" ", ""));
    }
    return Bytes.wrap(HexFormat.of().parseHex(hex));
  }
}
