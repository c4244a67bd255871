package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.cluster.EmbeddedKafka;
import org.junit.jupiter.api.Test;

/// The threads that talk with Kafka, when the JVM lacks memory.
class KafkaThreadsTest {
  private static final String FULL = "Cannot reserve 65536 bytes of direct buffer memory";

  private final TestKafka kafka = new TestKafka(EmbeddedKafka.shared());
  private final KafkaClients clients = new KafkaClients(kafka.config(), "test");
  private final KafkaTopics topics =
      new KafkaTopics(kafka.config(), clients.maxRequestBytes(), false);

  @Test
  void error_endsNoThread_eachBeginsAgain() throws Exception {
    AtomicBoolean watchIsFull = new AtomicBoolean(true);
    AtomicBoolean loopIsFull = new AtomicBoolean(true);
    CountDownLatch goesOn = new CountDownLatch(1);
    try (KafkaConnection connection =
        new KafkaConnection(
            kafka.config(),
            clients,
            topics,
            () -> {
              if (watchIsFull.getAndSet(false)) {
                throw new OutOfMemoryError(FULL);
              }
              return System.nanoTime();
            },
            Thread.ofPlatform().daemon().factory())) {
      assertThat(connection.awaitReady(Entries.SOON)).isTrue();
      assertThat(connection.problem()).isEmpty();

      KafkaLoop loop =
          new KafkaLoop(
              "loop",
              connection,
              clients,
              Thread.ofPlatform().daemon().factory(),
              () -> {
                if (loopIsFull.getAndSet(false)) {
                  throw new OutOfMemoryError(FULL);
                }
                goesOn.countDown();
                Thread.sleep(Entries.SOON);
              });
      loop.start();
      assertThat(goesOn.await(20, TimeUnit.SECONDS)).isTrue();
      loop.close();
      loop.awaitEnd(Duration.ZERO);
    }
    assertThat(watchIsFull).isFalse();
  }
}
