package nova.delivery;

import java.time.Duration;
import nova.core.StreamId;

/// What changed among the viewers of a stream, at all servers together.
///
/// *Immutable.*
public sealed interface ViewerChange {
  StreamId stream();

  ViewerId viewer();

  /// Was not there before, or not for [ViewerRegistry#KEPT].
  record Came(StreamId stream, ViewerId viewer) implements ViewerChange {}

  /// Was not seen for [ViewerRegistry#KEPT].
  ///
  /// @param watched from when it came to when it was seen last
  record Left(StreamId stream, ViewerId viewer, Duration watched) implements ViewerChange {}
}
