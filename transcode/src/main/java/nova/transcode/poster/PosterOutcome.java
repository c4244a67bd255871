package nova.transcode.poster;

import nova.core.Bytes;
import nova.transcode.WorkerFailure;

/// What became of a keyframe that was to be a poster.
///
/// *Immutable.*
sealed interface PosterOutcome {
  /// A JPEG file.
  record Picture(Bytes jpeg) implements PosterOutcome {}

  /// The frame gives no picture: it is damaged, or coded in a way that the worker does not know.
  record Blank() implements PosterOutcome {}

  /// The worker failed.
  ///
  /// @param overFrame whether it had begun to work, so that the frame may be at fault
  record Failed(WorkerFailure failure, boolean overFrame) implements PosterOutcome {}

  /// There are no posters any more.
  record Closed() implements PosterOutcome {}
}
