package nova.media;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Any bytes give a value or one of the three media exceptions, and cost no more memory than their
/// length justifies. Inputs are real ones, with damage, and noise.
final class HostileBytesFuzzTest {
  private static final int ROUNDS = 3_000;

  @TestFactory
  Stream<DynamicTest> anyBytes_read_areAValueOrAMediaException() {
    return FuzzTargets.all().stream()
        .map(
            target ->
                DynamicTest.dynamicTest(target.name(), () -> target.attackWithDamage(ROUNDS)));
  }
}
