package nova.control.token;

import java.util.UUID;

/// Names a token without telling anything of its secret.
///
/// *Immutable.*
public record TokenId(UUID value) {
  /// A new one.
  public static TokenId random() {
    return new TokenId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
