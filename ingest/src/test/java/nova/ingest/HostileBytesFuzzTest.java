package nova.ingest;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Any bytes are taken for what they are, however they are cut, or refused with a media exception,
/// and cost no more memory than their length justifies.
final class HostileBytesFuzzTest {
  private static final int ROUNDS = 3_000;

  @TestFactory
  Stream<DynamicTest> anyBytes_read_areMessagesOrAMediaException() {
    return FuzzTargets.all().stream()
        .map(
            target ->
                DynamicTest.dynamicTest(target.name(), () -> target.attackWithDamage(ROUNDS)));
  }
}
