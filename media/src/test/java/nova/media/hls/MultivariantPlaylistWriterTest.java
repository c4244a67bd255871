package nova.media.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import nova.testkit.Golden;
import org.junit.jupiter.api.Test;

class MultivariantPlaylistWriterTest {
  @Test
  void video_with_an_audio_rendition_names_both_and_all_codecs() {
    Golden.assertMatches(
        "hls/multivariant.m3u8", MultivariantPlaylistWriter.write(Playlists.multivariant()));
  }

  @Test
  void audio_alone_is_a_variant_without_resolution() {
    assertThat(
            MultivariantPlaylistWriter.write(
                new MultivariantPlaylist(false, List.of(variant(Optional.empty())), List.of())))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:9
            #EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS="mp4a.40.2"
            audio/index.m3u8
            """);
  }

  @Test
  void variant_of_an_unknown_group_is_refused() {
    assertThatThrownBy(
            () ->
                new MultivariantPlaylist(false, List.of(variant(Optional.of("other"))), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("variant audio/index.m3u8 names audio group 'other' (expected: one of [])");
  }

  @Test
  void renditions_of_the_same_name_in_a_group_are_refused() {
    AudioRendition english =
        new AudioRendition("a", "English", Optional.of("en"), true, 2, "en.m3u8");

    assertThatThrownBy(
            () ->
                new MultivariantPlaylist(
                    false, List.of(variant(Optional.of("a"))), List.of(english, english)))
        .hasMessageContaining("names unique in a group");
  }

  @Test
  void playlist_without_variants_is_refused() {
    assertThatThrownBy(() -> new MultivariantPlaylist(false, List.of(), List.of()))
        .hasMessageContaining("without variants");
  }

  @Test
  void text_that_would_break_out_of_its_quotes_is_refused() {
    assertThatThrownBy(
            () -> new AudioRendition("a", "x\"\n#EXT", Optional.empty(), true, 2, "a.m3u8"))
        .hasMessage("NAME has character 0x22 at 1 (expected: no quotes and no control characters)");
  }

  private static VariantStream variant(Optional<String> group) {
    return new VariantStream(
        "audio/index.m3u8", 128_000, 0, List.of("mp4a.40.2"), Optional.empty(), 0, group);
  }
}
