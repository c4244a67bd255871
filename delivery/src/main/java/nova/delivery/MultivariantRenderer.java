package nova.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.media.hls.AudioRendition;
import nova.media.hls.MultivariantPlaylist;
import nova.media.hls.VariantStream;
import nova.media.hls.VariantStream.Resolution;
import nova.segments.RenditionFormat;
import nova.segments.RenditionFormat.Audio;
import nova.segments.RenditionFormat.Video;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot;

/// Turns a stream's renditions into its multivariant playlist: a pure function of the snapshot. A
/// rendition that is not listed is offered only while no other of its kind can be played: the
/// source of a stream whose rungs have just begun, or failed.
///
/// It names media playlists by stream id, also when it was asked for by channel, so that the
/// numbers of another stream never appear under an open player.
///
/// Spec: rfc8216bis-22 §4.4.6 (multivariant playlist tags).
public final class MultivariantRenderer {
  private static final String AUDIO_GROUP = "audio";

  private MultivariantRenderer() {}

  /// Whether there is anything to play.
  public static boolean hasContent(TimelineSnapshot snapshot) {
    return snapshot.renditions().stream().anyMatch(MultivariantRenderer::isStarted);
  }

  /// The playlist of the renditions that have begun; [#hasContent] must hold.
  public static MultivariantPlaylist multivariantPlaylist(TimelineSnapshot snapshot) {
    List<RenditionTimeline> offered = offered(snapshot);
    List<RenditionTimeline> audios =
        offered.stream().filter(r -> r.format() instanceof Audio).toList();
    boolean hasVideo = audios.size() < offered.size();
    List<VariantStream> variants = new ArrayList<>();
    List<AudioRendition> audioRenditions = new ArrayList<>();
    for (RenditionTimeline rendition : offered) {
      String uri = "../" + snapshot.stream() + "/" + rendition.id() + "/index.m3u8";
      switch (rendition.format()) {
        case Video video -> variants.add(videoVariant(uri, video, audios));
        case Audio audio when hasVideo ->
            audioRenditions.add(
                new AudioRendition(
                    AUDIO_GROUP,
                    rendition.id().value(),
                    Optional.empty(),
                    audioRenditions.isEmpty(),
                    Math.max(1, audio.channels()),
                    uri));
        case Audio audio -> variants.add(audioVariant(uri, audio));
      }
    }
    boolean independent = offered.stream().allMatch(RenditionTimeline::independentSegments);
    return new MultivariantPlaylist(independent, variants, audioRenditions);
  }

  private static List<RenditionTimeline> offered(TimelineSnapshot snapshot) {
    List<RenditionTimeline> started =
        snapshot.renditions().stream().filter(MultivariantRenderer::isStarted).toList();
    List<RenditionTimeline> offered = new ArrayList<>();
    for (Class<? extends RenditionFormat> kind : List.of(Video.class, Audio.class)) {
      List<RenditionTimeline> all =
          started.stream().filter(r -> kind.isInstance(r.format())).toList();
      boolean listedPlays = all.stream().anyMatch(r -> r.hasMedia() && r.listed());
      boolean anyPlays = all.stream().anyMatch(RenditionTimeline::hasMedia);
      all.stream()
          .filter(r -> !anyPlays || (r.hasMedia() && (r.listed() || !listedPlays)))
          .forEach(offered::add);
    }
    return offered;
  }

  private static VariantStream videoVariant(
      String uri, Video video, List<RenditionTimeline> audios) {
    long peak = 0;
    long average = 0;
    List<String> codecs = new ArrayList<>(List.of(video.codecs()));
    for (RenditionTimeline audio : audios) {
      peak = Math.max(peak, audio.format().peakBitrateBps());
      average = Math.max(average, audio.format().averageBitrateBps());
      if (!codecs.contains(audio.format().codecs())) {
        codecs.add(audio.format().codecs());
      }
    }
    boolean sized = video.width() > 0 && video.height() > 0;
    return new VariantStream(
        uri,
        Math.max(1, video.peakBitrateBps() + peak),
        video.averageBitrateBps() + average,
        codecs,
        sized ? Optional.of(new Resolution(video.width(), video.height())) : Optional.empty(),
        video.frameRate(),
        audios.isEmpty() ? Optional.empty() : Optional.of(AUDIO_GROUP));
  }

  private static VariantStream audioVariant(String uri, Audio audio) {
    return new VariantStream(
        uri,
        Math.max(1, audio.peakBitrateBps()),
        audio.averageBitrateBps(),
        List.of(audio.codecs()),
        Optional.empty(),
        0,
        Optional.empty());
  }

  private static boolean isStarted(RenditionTimeline rendition) {
    return rendition.lastCompleteSegment().isPresent();
  }
}
