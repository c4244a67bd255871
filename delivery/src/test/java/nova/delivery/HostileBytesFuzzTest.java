package nova.delivery;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Any request line or header is understood or refused, and costs no more memory than its length
/// justifies.
final class HostileBytesFuzzTest {
  private static final int ROUNDS = 3_000;

  @TestFactory
  Stream<DynamicTest> anyBytes_read_areUnderstoodOrRefused() {
    return FuzzTargets.all().stream()
        .map(
            target ->
                DynamicTest.dynamicTest(target.name(), () -> target.attackWithDamage(ROUNDS)));
  }
}
