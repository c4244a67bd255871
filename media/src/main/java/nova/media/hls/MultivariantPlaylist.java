package nova.media.hls;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The playlist that names all renditions of a presentation.
///
/// Spec: rfc8216bis-22 §4.4.6 (multivariant playlist tags). *Immutable.*
///
/// @param independentSegments whether every segment of every rendition begins with a keyframe
/// @param variants best first; at least one
/// @param audioRenditions referenced by variants through their group
public record MultivariantPlaylist(
    boolean independentSegments,
    List<VariantStream> variants,
    List<AudioRendition> audioRenditions) {
  public MultivariantPlaylist {
    variants = List.copyOf(variants);
    audioRenditions = List.copyOf(audioRenditions);
    if (variants.isEmpty()) {
      throw new IllegalArgumentException(
          "multivariant playlist without variants (expected: at least one)");
    }
    Set<String> groups = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (AudioRendition rendition : audioRenditions) {
      groups.add(rendition.groupId());
      if (!names.add(rendition.groupId() + "\n" + rendition.name())) {
        throw new IllegalArgumentException(
            "two audio renditions named '%s' in group '%s' (expected: names unique in a group)"
                .formatted(rendition.name(), rendition.groupId()));
      }
    }
    for (VariantStream variant : variants) {
      if (variant.audioGroup().isPresent() && !groups.contains(variant.audioGroup().get())) {
        throw new IllegalArgumentException(
            "variant %s names audio group '%s' (expected: one of %s)"
                .formatted(variant.uri(), variant.audioGroup().get(), groups));
      }
    }
  }
}
