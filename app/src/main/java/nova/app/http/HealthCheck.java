package nova.app.http;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// One thing that a server stands on.
///
/// *Thread-safe* when `up` and `reason` are.
///
/// @param name such as `database`
/// @param needed whether the server can take nobody without it; if not, it goes on with less
/// @param up must not block
/// @param reason why it is down, for people, where that may be told to everybody; must not block
public record HealthCheck(
    String name, boolean needed, BooleanSupplier up, Supplier<Optional<String>> reason) {
  /// Without it the server is not ready.
  public static HealthCheck needed(String name, BooleanSupplier up) {
    return new HealthCheck(name, true, up, Optional::empty);
  }

  /// Without it the server goes on with less, and says so.
  public static HealthCheck wanted(String name, BooleanSupplier up) {
    return new HealthCheck(name, false, up, Optional::empty);
  }
}
