package nova.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.lindstrom.m3u8.parser.MasterPlaylistParser;
import io.lindstrom.m3u8.parser.MediaPlaylistParser;
import io.lindstrom.m3u8.parser.ParsingMode;
import io.lindstrom.m3u8.parser.PlaylistParserException;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;

/// A parser that shares no code with Nova, in its strict mode, reads what Nova writes.
class M3u8ParserTest {
  @Test
  void low_latency_playlist_is_read_back() throws PlaylistParserException {
    io.lindstrom.m3u8.model.MediaPlaylist read = parse(Playlists.lowLatency());

    assertThat(read.targetDuration()).isEqualTo(2);
    assertThat(read.mediaSequence()).isEqualTo(266);
    assertThat(read.discontinuitySequence()).isEqualTo(1);
    assertThat(read.ongoing()).isTrue();
    assertThat(read.partialSegmentInformation().orElseThrow().partTargetDuration()).isEqualTo(0.5);
    assertThat(read.serverControl().orElseThrow().canBlockReload()).isTrue();
    assertThat(read.serverControl().orElseThrow().partHoldBack()).contains(1.5);
    assertThat(read.serverControl().orElseThrow().canSkipUntil()).contains(12.0);
    assertThat(read.mediaSegments()).hasSize(4);
    assertThat(read.mediaSegments().getFirst().segmentMap().orElseThrow().uri())
        .isEqualTo("init-1.mp4");
    io.lindstrom.m3u8.model.MediaSegment last = read.mediaSegments().getLast();
    assertThat(last.uri()).isEqualTo("s269.m4s");
    assertThat(last.duration()).isEqualTo(1.96667);
    assertThat(last.programDateTime()).contains(OffsetDateTime.parse("2026-11-22T16:00:06Z"));
    assertThat(last.partialSegments()).hasSize(4);
    assertThat(last.partialSegments().getFirst().independent()).isTrue();
    assertThat(read.partialSegments())
        .extracting(io.lindstrom.m3u8.model.PartialSegment::uri)
        .containsExactly("s270.0.m4s", "s270.1.m4s");
    assertThat(read.preloadHint().orElseThrow().uri()).isEqualTo("s270.2.m4s");
    assertThat(read.renditionReports().getFirst().lastMediaSequenceNumber()).contains(270L);
    assertThat(read.renditionReports().getFirst().lastPartialSegmentIndex()).contains(1L);
  }

  @Test
  void delta_update_is_read_back() throws PlaylistParserException {
    io.lindstrom.m3u8.model.MediaPlaylist read =
        parse(Playlists.of(100, 10).asDelta().orElseThrow());

    assertThat(read.skip().orElseThrow().skippedSegments()).isEqualTo(4);
    assertThat(read.mediaSequence()).isEqualTo(100);
    assertThat(read.mediaSegments()).hasSize(6);
  }

  @Test
  void ended_playlist_with_a_gap_is_read_back() throws PlaylistParserException {
    io.lindstrom.m3u8.model.MediaPlaylist read = parse(Playlists.endedWithGap());

    assertThat(read.ongoing()).isFalse();
    assertThat(read.mediaSegments().getLast().gap()).isTrue();
    assertThat(read.mediaSegments().getLast().discontinuity()).isTrue();
    assertThat(read.mediaSegments().getLast().partialSegments().getFirst().gap()).isTrue();
  }

  @Test
  void multivariant_playlist_is_read_back() throws PlaylistParserException {
    io.lindstrom.m3u8.model.MasterPlaylist read =
        new MasterPlaylistParser(ParsingMode.STRICT)
            .readPlaylist(MultivariantPlaylistWriter.write(Playlists.multivariant()));

    io.lindstrom.m3u8.model.Variant variant = read.variants().getFirst();
    assertThat(variant.bandwidth()).isEqualTo(3_412_345);
    assertThat(variant.averageBandwidth()).contains(2_998_001L);
    assertThat(variant.codecs()).containsExactly("avc1.64001f", "mp4a.40.2");
    assertThat(variant.frameRate()).contains(29.97);
    assertThat(variant.resolution().orElseThrow().height()).isEqualTo(720);
    assertThat(variant.audio()).contains("audio");
    assertThat(variant.closedCaptionsNone()).contains(true);
    assertThat(read.alternativeRenditions().getFirst().uri()).contains("audio/index.m3u8");
  }

  private static io.lindstrom.m3u8.model.MediaPlaylist parse(MediaPlaylist playlist)
      throws PlaylistParserException {
    return new MediaPlaylistParser(ParsingMode.STRICT)
        .readPlaylist(MediaPlaylistWriter.write(playlist));
  }
}
