package nova.control.token;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What a token lets somebody do; each also what those before it do.
public enum Scope {
  /// Read, and watch channels that are not for everybody.
  VIEWER,
  /// Also change channels, stream keys and streams.
  OPERATOR,
  /// Everything, tokens and quality levels too.
  ADMIN;

  /// Whether who has this may do what `needed` names.
  public boolean includes(Scope needed) {
    return compareTo(needed) >= 0;
  }

  /// As the schema and the API spell it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The scope that is spelt so, if any.
  public static Optional<Scope> of(String label) {
    return Stream.of(values()).filter(scope -> scope.label().equals(label)).findFirst();
  }
}
