package nova.transcode;

import java.util.List;
import java.util.Optional;
import nova.core.StreamId;
import nova.framelog.RungEnd;

/// Port: how far the rungs of streams were published by processes that encoded them before this
/// one.
///
/// *Thread-safe.*
@FunctionalInterface
public interface PublishedRungs {
  /// There are no other processes.
  PublishedRungs NONE = _ -> Optional.empty();

  /// The rungs that can be gone on with, in no order; others begin anew. Empty when the stream is
  /// new, so that its first epoch is still to come. May block until it is known.
  Optional<List<RungEnd>> of(StreamId stream) throws InterruptedException;
}
