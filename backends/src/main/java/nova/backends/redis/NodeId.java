package nova.backends.redis;

import java.util.regex.Pattern;

/// The name of one server among those that share a Redis. No two that run at a time have the same.
///
/// *Immutable.*
///
/// @param value 1..64 characters of `a-z`, `A-Z`, `0-9`, `-`, `_` and `.`
public record NodeId(String value) implements Comparable<NodeId> {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  public NodeId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "node name '%s' (expected: 1 to 64 characters of a-z, A-Z, 0-9, -, _ and .)"
              .formatted(value));
    }
  }

  static boolean isValid(String text) {
    return VALID.matcher(text).matches();
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
