package nova.framelog.pipe;

/// A rung to encode, and where.
///
/// *Immutable.*
///
/// @param rung what to encode
/// @param lastDts the rung has all frames up to this one already; [#NOTHING] at its beginning
/// @param lastSegment the segment of that frame; without meaning at the beginning
public record RungJob(Rung rung, long lastDts, long lastSegment) {
  /// The `lastDts` of a rung without frames.
  public static final long NOTHING = Long.MIN_VALUE;

  /// The whole of a rung, from the first frame that comes.
  public static RungJob fromTheStart(Rung rung) {
    return new RungJob(rung, NOTHING, 0);
  }

  /// The rung after the frames that it has.
  public static RungJob after(Rung rung, long lastDts, long lastSegment) {
    return new RungJob(rung, lastDts, lastSegment);
  }

  /// Whether the rung has frames already.
  public boolean resumes() {
    return lastDts != NOTHING;
  }
}
