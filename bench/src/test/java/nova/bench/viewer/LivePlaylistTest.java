package nova.bench.viewer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import nova.core.Bytes;
import org.junit.jupiter.api.Test;

class LivePlaylistTest {
  private static final String OPEN_SEGMENT =
      """
      #EXTM3U
      #EXT-X-VERSION:9
      #EXT-X-TARGETDURATION:4
      #EXT-X-PART-INF:PART-TARGET=0.334
      #EXT-X-MEDIA-SEQUENCE:266
      #EXT-X-MAP:URI="init.mp4"
      #EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:01.000Z
      #EXTINF:2.00000,
      266.m4s
      #EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:03.000Z
      #EXT-X-PART:DURATION=0.33333,URI="267.0.m4s",INDEPENDENT=YES
      #EXT-X-PART:DURATION=0.30000,URI="267.1.m4s"
      #EXTINF:0.63333,
      267.m4s
      #EXT-X-PART:DURATION=0.33400,INDEPENDENT=YES,URI="268.0.m4s"
      #EXT-X-PRELOAD-HINT:TYPE=PART,URI="268.1.m4s"
      #EXT-X-RENDITION-REPORT:URI="../audio/index.m3u8",LAST-MSN=268,LAST-PART=0
      """;

  @Test
  void read_openSegment_nextPartFollowsTheListedOnes() throws IOException {
    LivePlaylist playlist = LivePlaylist.read(Bytes.ofUtf8(OPEN_SEGMENT));
    assertThat(playlist.parts())
        .containsExactly(
            new LivePlaylist.Part("267.0.m4s", 0.33333, 3_333, true),
            new LivePlaylist.Part("267.1.m4s", 0.3, 3_633, false),
            new LivePlaylist.Part("268.0.m4s", 0.334, 3_967, true));
    assertThat(playlist.firstSegment()).isEqualTo(266);
    assertThat(playlist.startsAtMs()).isEqualTo(1_000);
    assertThat(playlist.nextSegment()).isEqualTo(268);
    assertThat(playlist.nextPart()).isEqualTo(1);
    assertThat(playlist.hint()).isEqualTo("268.1.m4s");
    assertThat(playlist.ended()).isFalse();
  }

  @Test
  void read_completeSegmentLast_nextPartIsTheFirstOfTheNextSegment() throws IOException {
    String complete = OPEN_SEGMENT.replaceAll("(?s)#EXT-X-PRELOAD.*", "#EXTINF:0.334,\n268.m4s\n");
    LivePlaylist playlist = LivePlaylist.read(Bytes.ofUtf8(complete + "#EXT-X-ENDLIST\n"));
    assertThat(playlist.nextSegment()).isEqualTo(269);
    assertThat(playlist.nextPart()).isZero();
    assertThat(playlist.hint()).isNull();
    assertThat(playlist.ended()).isTrue();
  }

  @Test
  void read_partWithoutUri_saysWhatIsMissing() {
    assertThatThrownBy(() -> LivePlaylist.read(Bytes.ofUtf8("#EXT-X-PART:DURATION=0.3\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("URI");
  }
}
