package nova.media;

import nova.core.Bytes;
import nova.core.TrackId;

/// One access unit of one track, in the form the sample goes into an MP4 `mdat`: length-prefixed
/// NAL units for AVC, one raw access unit for AAC.
///
/// *Immutable.*
///
/// @param dts decode time in ticks of the track's timescale, on the stream's 64-bit time line
/// @param pts presentation time in the same ticks; may precede `dts` only by the track's constant
///   shift
/// @param keyframe whether decoding can start here (IDR for AVC, always for AAC)
/// @param payload shared by everything downstream, never copied until it enters a chunk
public record MediaFrame(TrackId track, long dts, long pts, boolean keyframe, Bytes payload) {}
