package nova.worker;

import nova.framelog.pipe.RungJob;

/// Decides which pictures a rung takes, and which of them must be keyframes.
///
/// A rung begins with a segment, takes every n-th picture of it from its first on, and puts a
/// keyframe on every cut and nowhere else. After a gap, and when it resumes, it begins with a
/// keyframe in the segment it was in, or else waits for the next one.
///
/// *Confined to its creator's thread.*
final class RungCadence {
  /// What becomes of a picture.
  enum Step {
    SKIP,
    FRAME,
    /// A keyframe within a segment, where a decoder finds nothing before it.
    KEYFRAME,
    /// A keyframe that begins a segment.
    CUT
  }

  private final int ownDivisor;
  private int divisor;
  private long lastDts;
  private long segment;
  private boolean inSegment;
  private boolean keyframeNext = true;
  private long pictures;

  RungCadence(RungJob job) {
    this.ownDivisor = job.rung().frameDivisor();
    this.divisor = ownDivisor;
    this.lastDts = job.lastDts();
    this.segment = job.lastSegment();
    this.inSegment = job.resumes();
  }

  Step decide(FramePlacement picture) {
    if (picture.dts() <= lastDts) {
      return Step.SKIP;
    }
    if (picture.cut()) {
      segment = picture.segment();
      inSegment = true;
      pictures = 1;
      return taken(picture, Step.CUT);
    }
    if (!inSegment || picture.segment() != segment) {
      inSegment = false;
      return Step.SKIP;
    }
    if (keyframeNext) {
      pictures = 1;
      return taken(picture, Step.KEYFRAME);
    }
    return pictures++ % divisor == 0 ? taken(picture, Step.FRAME) : Step.SKIP;
  }

  /// Takes every n-th of the pictures that it would take.
  void thin(int n) {
    divisor = ownDivisor * n;
  }

  /// Pictures are missing before the next one.
  void gap() {
    keyframeNext = true;
  }

  private Step taken(FramePlacement picture, Step step) {
    lastDts = picture.dts();
    keyframeNext = false;
    return step;
  }
}
