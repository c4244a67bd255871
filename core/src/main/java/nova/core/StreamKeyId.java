package nova.core;

import java.util.UUID;

/// Names a stream key without telling anything of its secret.
///
/// *Immutable.*
public record StreamKeyId(UUID value) {
  /// A new one.
  public static StreamKeyId random() {
    return new StreamKeyId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
