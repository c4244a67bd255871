package nova.worker;

import nova.core.Bytes;

/// What an encoder made of one picture.
///
/// *Immutable.*
///
/// @param pts the picture's
/// @param payload NAL units behind their lengths
record EncodedFrame(long pts, boolean keyframe, Bytes payload) {}
