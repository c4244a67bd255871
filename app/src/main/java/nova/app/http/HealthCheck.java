package nova.app.http;

import java.util.function.BooleanSupplier;

/// One thing that a server stands on.
///
/// *Thread-safe* when `up` is.
///
/// @param name such as `database`
/// @param needed whether the server can take nobody without it; if not, it goes on with less
/// @param up must not block
public record HealthCheck(String name, boolean needed, BooleanSupplier up) {
  /// Without it the server is not ready.
  public static HealthCheck needed(String name, BooleanSupplier up) {
    return new HealthCheck(name, true, up);
  }

  /// Without it the server goes on with less, and says so.
  public static HealthCheck wanted(String name, BooleanSupplier up) {
    return new HealthCheck(name, false, up);
  }
}
