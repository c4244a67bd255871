package nova.backends.kafka;

import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import nova.core.InProcessStreamEvents.FailedSubscriber;
import nova.core.NanoClock;

/// What the adapters for Kafka need from outside.
///
/// *Immutable.*
///
/// @param node name of this process, for the source of events and the logs of brokers
/// @param onSubscriberFailure told when a subscriber of events throws
/// @param threads for the few loops that follow Kafka; daemon threads of the platform, because they
///   wait for sockets
/// @param random tells this process from others
public record KafkaPorts(
    String node,
    KafkaMetrics metrics,
    FailedSubscriber onSubscriberFailure,
    NanoClock nanoClock,
    ThreadFactory threads,
    RandomGenerator random) {
  public KafkaPorts {
    if (!node.matches("[a-zA-Z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "node '%s' (expected: 1 to 100 of a-z, A-Z, 0-9, '.', '_' and '-')".formatted(node));
    }
  }
}
