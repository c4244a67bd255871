package nova.worker;

import nova.framelog.LogEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/// What goes down the cascade, in the order of the source's log.
sealed interface StageInput {
  /// A decoded picture.
  ///
  /// @param frame owned by whoever takes the input, who frees it
  record Picture(AVFrame frame, FramePlacement placement) implements StageInput {}

  /// An epoch begins, an epoch ends, or the stream is closed.
  record Boundary(LogEntry entry) implements StageInput {}

  /// Pictures are missing here.
  record Gap() implements StageInput {}
}
