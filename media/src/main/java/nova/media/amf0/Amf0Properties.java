package nova.media.amf0;

import java.util.Map;
import java.util.Optional;

/// What objects and ECMA arrays have in common: values by name, in the order of the wire. Encoders
/// use either for metadata.
///
/// *Immutable.*
public sealed interface Amf0Properties extends Amf0Value permits Amf0Object, Amf0EcmaArray {
  /// Values by name; iteration follows the wire.
  Map<String, Amf0Value> entries();

  /// The value of that name, if there is one.
  default Optional<Amf0Value> get(String name) {
    return Optional.ofNullable(entries().get(name));
  }

  /// The value of that name if it is a string.
  default Optional<String> string(String name) {
    return get(name)
        .flatMap(v -> v instanceof Amf0String(String s) ? Optional.of(s) : Optional.empty());
  }

  /// The value of that name if it is a number.
  default Optional<Double> number(String name) {
    return get(name)
        .flatMap(v -> v instanceof Amf0Number(double n) ? Optional.of(n) : Optional.empty());
  }
}
