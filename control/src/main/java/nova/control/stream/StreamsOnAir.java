package nova.control.stream;

import java.util.Optional;
import java.util.Set;
import nova.core.StreamId;

/// Port: which streams servers have now, as they themselves say elsewhere than in the database.
///
/// *Thread-safe.*
@FunctionalInterface
public interface StreamsOnAir {
  /// Where nobody says so: the database alone tells.
  StreamsOnAir UNTOLD = () -> Optional.of(Set.of());

  /// The streams that servers have. May wait for some seconds.
  ///
  /// @return empty when that cannot be told now
  Optional<Set<StreamId>> now();
}
