package nova.framelog.pipe;

import nova.core.TrackId;

/// Sound to encode, and where.
///
/// *Immutable.*
///
/// @param track the source's track to decode
/// @param rung what to encode
/// @param lastDts the rung has all frames up to this one already; [RungJob#NOTHING] at its
///   beginning
/// @param lastSegment the segment of that frame; without meaning at the beginning
public record AudioJob(TrackId track, AudioRung rung, long lastDts, long lastSegment) {
  /// The whole of a rung, from the first frame that comes.
  public static AudioJob fromTheStart(TrackId track, AudioRung rung) {
    return new AudioJob(track, rung, RungJob.NOTHING, 0);
  }

  /// Whether the rung has frames already.
  public boolean resumes() {
    return lastDts != RungJob.NOTHING;
  }
}
