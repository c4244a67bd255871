package nova.ingest.publish;

import java.time.Instant;
import nova.core.Bytes;
import nova.core.TrackKind;

/// A frame as the encoder timed it.
///
/// *Immutable.*
///
/// @param timeMs decode time: at first what the wire says, later the session's 64-bit time
/// @param compositionMs presentation minus decode time
/// @param compositionNs added to the presentation time, 0..999,999
record SourceFrame(
    TrackKind track,
    long timeMs,
    int compositionMs,
    int compositionNs,
    boolean keyframe,
    Bytes payload,
    Instant arrivedAt) {
  SourceFrame at(long otherTimeMs) {
    return otherTimeMs == timeMs
        ? this
        : new SourceFrame(
            track, otherTimeMs, compositionMs, compositionNs, keyframe, payload, arrivedAt);
  }
}
