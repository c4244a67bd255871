package nova.testkit;

import java.util.Random;

/// Properties checked on many seeded inputs. A failure names its seed; `-Dnova.seed=N` runs that
/// one alone.
///
/// *Thread-safe.*
public final class Seeds {
  private Seeds() {}

  /// A property: throws when it does not hold.
  @FunctionalInterface
  public interface Property {
    void check(Random random) throws Exception;
  }

  /// Checks `property` with the seeds 0 to `count` - 1.
  public static void each(int count, Property property) {
    Long only = Long.getLong("nova.seed");
    if (only != null) {
      check(only, property);
      return;
    }
    for (long seed = 0; seed < count; seed++) {
      check(seed, property);
    }
  }

  private static void check(long seed, Property property) {
    try {
      property.check(new Random(seed));
    } catch (Exception | AssertionError | StackOverflowError e) {
      throw new AssertionError(
          "fails with seed %d (-Dnova.seed=%d runs it alone): %s".formatted(seed, seed, e), e);
    }
  }
}
