package nova.segments;

import java.time.Instant;
import nova.core.Bytes;

/// What a stream shows, as a picture.
///
/// *Immutable.*
///
/// @param jpeg a JPEG file
/// @param takenAt when its frame reached the server
public record Poster(Bytes jpeg, Instant takenAt) {}
