package nova.backends.assignment;

import java.time.Duration;
import nova.core.StreamId;

/// Port: the stages of this process that work on streams, which are the packager, the ladder and
/// posters. They begin with a stream when they hear that it started.
///
/// *Thread-safe.*
public interface StreamStages {
  /// Lets go of a stream that goes on in another process, at once: nothing is said of an end, and
  /// nothing more is put. Waits until that is so, some seconds at most. Idempotent.
  void release(StreamId stream);

  /// As [#release], but first lets the segment that the stream is in become complete.
  ///
  /// @param limit to wait for that
  /// @return whether nothing is left open
  boolean handOver(StreamId stream, Duration limit) throws InterruptedException;
}
