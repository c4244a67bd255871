package nova.control.stream;

import java.util.List;
import java.util.Optional;

/// What is to be different about what people are told of a stream; what is not named stays.
///
/// *Immutable.*
public record StreamChange(
    Optional<String> title, Optional<String> description, Optional<List<String>> tags) {
  public StreamChange {
    tags = tags.map(List::copyOf);
  }
}
