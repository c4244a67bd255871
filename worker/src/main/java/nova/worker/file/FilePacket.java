package nova.worker.file;

import nova.core.Bytes;

/// A frame as a file holds it.
///
/// *Immutable.*
///
/// @param dtsNs when it is decoded; may be negative
/// @param ptsNs when it is shown
/// @param endNs when the next of its track is decoded
/// @param newConfiguration of the decoder from this frame on; empty when it goes on with the old
///   one
record FilePacket(
    TrackKind kind,
    long dtsNs,
    long ptsNs,
    long endNs,
    boolean keyframe,
    Bytes payload,
    Bytes newConfiguration) {}
