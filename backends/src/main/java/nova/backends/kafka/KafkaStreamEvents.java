package nova.backends.kafka;

import java.time.Duration;
import java.util.Optional;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [StreamEvents] of all processes. Subscribers of this process are called at once; a queue takes
/// the event to Kafka, and events of other processes come from there, if they are wanted.
///
/// Measurements stay in the process: the next one replaces them, so a durable record of each is of
/// no use to anybody.
///
/// While Kafka is away the queue fills; when it is full, events are dropped.
///
/// *Thread-safe.*
final class KafkaStreamEvents implements StreamEvents, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KafkaStreamEvents.class);

  private final KafkaMetrics metrics;
  private final InProcessStreamEvents local;
  private final StreamCloudEvents format;
  private final EventSender sender;
  private final @Nullable EventReceiver receiver;

  /// @param listens whether events of other processes are wanted
  KafkaStreamEvents(
      KafkaConfig config,
      KafkaPorts ports,
      KafkaConnection connection,
      KafkaClients clients,
      KafkaTopics topics,
      boolean listens) {
    this.metrics = ports.metrics();
    this.local = new InProcessStreamEvents(ports.onSubscriberFailure());
    this.format = new StreamCloudEvents(ports.node(), ports.random().nextLong());
    this.sender =
        new EventSender(
            config.eventMemory().bytes(), connection, clients, topics, metrics, ports.threads());
    this.receiver =
        listens
            ? new EventReceiver(
                this::received, connection, clients, topics, metrics, ports.threads())
            : null;
  }

  @Override
  public void publish(StreamEvent event) {
    local.publish(event);
    if (event instanceof StreamMeasured) {
      return;
    }
    byte[] value;
    try {
      value = format.write(event);
    } catch (RuntimeException e) {
      metrics.eventDropped("refused");
      log.atError().addKeyValue("stream", event.stream()).setCause(e).log("event not written");
      return;
    }
    sender.offer(event.stream(), value);
  }

  @Override
  public Subscription subscribe(Subscriber subscriber) {
    return local.subscribe(subscriber);
  }

  /// Waits until events of other processes are heard, if they are wanted.
  ///
  /// @return whether they are
  boolean awaitListening(Duration timeout) throws InterruptedException {
    return receiver == null || receiver.awaitListening(timeout);
  }

  /// Why events of other processes are not heard, as far as is known.
  Optional<String> problem() {
    return Optional.ofNullable(receiver).flatMap(EventReceiver::problem);
  }

  private void received(byte[] value) {
    switch (format.read(value)) {
      case StreamCloudEvents.Outcome.Event(StreamEvent event) -> local.publish(event);
      case StreamCloudEvents.Outcome.Own _ -> {}
      case StreamCloudEvents.Outcome.Unknown _ -> metrics.eventSkipped("unknown-type");
      case StreamCloudEvents.Outcome.Corrupt(String why) -> {
        metrics.eventSkipped("corrupt");
        log.atDebug().log("a record of events is none: {}", why);
      }
    }
  }

  /// Sends what waits, for a moment.
  @Override
  public void close() {
    sender.close();
    if (receiver != null) {
      receiver.close();
    }
  }
}
