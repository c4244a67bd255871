package nova.segments;

/// One partial segment (CMAF chunk).
///
/// *Immutable.*
///
/// @param duration in ticks of the rendition's timescale
/// @param independent whether it begins with a keyframe
public record TimelinePart(long duration, boolean independent, int sizeBytes) {}
