package nova.segments;

/// One partial segment (CMAF chunk).
///
/// *Immutable.*
///
/// @param duration in ticks of the rendition's timescale; longer than the part target only where
///   the source left out frames, so that one sample lasts longer than that
/// @param independent whether it begins with a keyframe
public record TimelinePart(long duration, boolean independent, int sizeBytes) {}
