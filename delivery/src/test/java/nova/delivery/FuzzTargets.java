package nova.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nova.segments.SegmentKey;
import nova.testkit.FuzzTarget;

/// The parsers of this module that read what clients send.
public final class FuzzTargets {
  private static final long ALLOCATION_PER_BYTE = 200;
  private static final String STREAM = "0f8e2c5a9b7d4e61a3c0";

  private FuzzTargets() {}

  public static List<FuzzTarget> all() {
    return List.of(
        target(
            "playlist-path",
            FuzzTargets::readPlaylistPath,
            "/hls/live/index.m3u8",
            "/hls/" + STREAM + "/source/index.m3u8"),
        target(
            "media-path",
            FuzzTargets::readMediaPath,
            "/media/" + STREAM + "/source/0/init.mp4",
            "/media/" + STREAM + "/audio/3/17.m4s",
            "/media/" + STREAM + "/audio/2147483647/999999999999999.2147483647.m4s"),
        target(
            "playback-prefix",
            FuzzTargets::readPrefix,
            "/p/nova_abc/hls/live/index.m3u8",
            "/p/nova_abc/media/" + STREAM + "/poster.jpg"),
        target(
            "byte-range",
            FuzzTargets::readRange,
            "bytes=0-",
            "bytes=10-19",
            "Bytes=-500",
            "bytes=0-1,3-4",
            "bytes=999999999999999999-9999999999999999999"),
        target(
            "reload-directives",
            FuzzTargets::readDirectives,
            "_HLS_msn=12&_HLS_part=3&_HLS_skip=YES",
            "CMCD=bl%3D1200&_HLS_msn=12",
            "_HLS_skip=v2"),
        target(
            "cmcd",
            FuzzTargets::readCmcd,
            "bl=(2000),cid=\"a\",sid=\"6e2fb550-c457-11e9-bb97-0800200c9a66\",v=2",
            "CMCD=br%3D(591;v%2B69;a),sid%3D%22a%5C%22b%22,v%3D2&_HLS_msn=12",
            "sid=\"%41+b\""));
  }

  private static FuzzTarget target(String name, Consumer<String> reader, String... seeds) {
    return new FuzzTarget(
        name,
        Stream.of(seeds).map(s -> ByteBuffer.wrap(s.getBytes(StandardCharsets.UTF_8))).toList(),
        ALLOCATION_PER_BYTE,
        input -> reader.accept(new String(input, StandardCharsets.UTF_8)));
  }

  private static void readPlaylistPath(String path) {
    HlsPath read = HlsPath.read(path);
    String written =
        switch (read) {
          case null -> path;
          case HlsPath.Multivariant(var stream) -> HlsPath.ROOT + stream + "/index.m3u8";
          case HlsPath.Media(var stream, var rendition) ->
              HlsPath.ROOT + stream + "/" + rendition + "/index.m3u8";
        };
    requireSame(path, written);
  }

  private static void readPrefix(String path) {
    PlaybackPrefix read = PlaybackPrefix.read(path);
    if (read != null) {
      requireSame(path, PlaybackPrefix.ROOT + read.secret() + read.path());
      requireSame(PlaybackPrefix.hidden(path), read.toString());
    }
  }

  /// One path per piece of media: what is read is written the same.
  private static void readMediaPath(String path) {
    MediaPath read = MediaPath.read(path);
    String written =
        switch (read) {
          case null -> path;
          case MediaPath.Init(var stream, var rendition, var epoch) ->
              MediaPath.ROOT + MediaPath.folder(stream, rendition, epoch) + MediaPath.INIT_NAME;
          case MediaPath.Segment(SegmentKey key) ->
              folder(key) + MediaPath.segmentName(key.number());
          case MediaPath.Part(SegmentKey key, int part) ->
              folder(key) + MediaPath.partName(key.number(), part);
          case MediaPath.StreamPoster(var stream) -> MediaPath.poster(stream);
        };
    requireSame(path, written);
  }

  private static String folder(SegmentKey key) {
    return MediaPath.ROOT + MediaPath.folder(key.stream(), key.rendition(), key.epoch());
  }

  private static void readRange(String header) {
    for (long total : new long[] {0, 1, 1_000, Long.MAX_VALUE}) {
      if (ByteRange.read(header, total) instanceof ByteRange.Slice(ByteRange range)
          && (range.last() >= total || range.length() < 1)) {
        throw new AssertionError("%s of %d bytes".formatted(range, total));
      }
    }
  }

  private static void readDirectives(String query) {
    ReloadDirectives read = ReloadDirectives.read(query);
    boolean sound =
        switch (read) {
          case ReloadDirectives.Reload(long msn, long part, boolean _) ->
              msn >= -1 && part >= -1 && (msn >= 0 || part == -1);
          case ReloadDirectives.Malformed(String sentence) ->
              sentence.length() < 200 && sentence.chars().allMatch(c -> c >= ' ' && c < 127);
        };
    if (!sound) {
      throw new AssertionError(read.toString());
    }
  }

  private static void readCmcd(String text) {
    for (CmcdSession read :
        List.of(CmcdSession.ofHeader(text), CmcdSession.ofQuery("CMCD=" + text))) {
      if (read instanceof CmcdSession.Named(String sid)
          && (sid.isEmpty()
              || sid.length() > CmcdSession.MAX_SID
              || sid.chars().anyMatch(c -> c < ' ' || c > '~'))) {
        throw new AssertionError(read.toString());
      }
    }
  }

  private static void requireSame(String path, String written) {
    if (!path.equals(written)) {
      throw new AssertionError("'%s' means '%s'".formatted(path, written));
    }
  }
}
