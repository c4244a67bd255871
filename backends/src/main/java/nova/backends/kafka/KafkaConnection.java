package nova.backends.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import nova.core.NanoClock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether Kafka answers: asks again and again until the topics are there, and then now and then
/// whether it and they still are.
///
/// *Thread-safe.*
final class KafkaConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KafkaConnection.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
  private static final Duration TOPICS_INTERVAL = Duration.ofMinutes(1);
  private static final DescribeClusterOptions SOON = new DescribeClusterOptions().timeoutMs(3_000);
  private static final String NOT_YET = "Kafka was not asked yet";

  private final KafkaConfig config;
  private final KafkaClients clients;
  private final KafkaTopics topics;
  private final NanoClock clock;
  private final Thread thread;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable String problem = NOT_YET;
  private volatile long answersSinceNs;
  private volatile boolean topicsDoubted;

  KafkaConnection(
      KafkaConfig config,
      KafkaClients clients,
      KafkaTopics topics,
      NanoClock clock,
      ThreadFactory threads) {
    this.config = config;
    this.clients = clients;
    this.topics = topics;
    this.clock = clock;
    this.thread = threads.newThread(this::run);
    thread.setName("kafka-watch");
    thread.start();
  }

  /// Whether the topics are there and Kafka answered when it was asked last.
  boolean answers() {
    return problem == null;
  }

  /// Whether Kafka has answered for that long.
  boolean answersFor(Duration time) {
    return answers() && clock.nanoTime() - answersSinceNs > time.toNanos();
  }

  /// What is wrong, as one sentence for the operator; empty when nothing is.
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /// Somebody could not write to a topic: whether they are there is looked at soon.
  void doubtTopics() {
    topicsDoubted = true;
  }

  /// Waits until the topics are there.
  ///
  /// @return whether they are
  boolean awaitReady(Duration timeout) throws InterruptedException {
    return ready.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void run() {
    try {
      Duration pause = FIRST_PAUSE;
      while (closed.getCount() > 0) {
        try {
          pause = connect(pause);
        } catch (InterruptException e) {
          throw e; // the process ends
        } catch (ExecutionException | KafkaException e) {
          failed(e);
        } catch (RuntimeException | Error e) {
          log.atError().setCause(e).log("{} failed and begins again", thread.getName());
          failed(e);
        }
        boolean _ = pause(pause);
        pause = longer(pause);
      }
    } catch (InterruptedException | InterruptException _) {
      Thread.currentThread().interrupt(); // the process ends
    }
  }

  private Duration connect(Duration pause) throws ExecutionException, InterruptedException {
    Admin admin = clients.admin();
    try {
      return watch(admin, pause);
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /// Watches until something is wrong.
  ///
  /// @return how long to pause then
  private Duration watch(Admin admin, Duration pause)
      throws ExecutionException, InterruptedException {
    if (!topicsDo(admin)) {
      return pause;
    }
    answersSinceNs = clock.nanoTime();
    problem = null;
    ready.countDown();
    log.atInfo().log("Kafka at {} answers", config.bootstrapServers());
    long lookedNs = clock.nanoTime();
    while (pause(WATCH_INTERVAL)) {
      String _ = admin.describeCluster(SOON).clusterId().get();
      if (topicsDoubted || clock.nanoTime() - lookedNs > TOPICS_INTERVAL.toNanos()) {
        lookedNs = clock.nanoTime();
        if (!topicsDo(admin)) {
          break;
        }
      }
    }
    return FIRST_PAUSE;
  }

  private boolean topicsDo(Admin admin) throws ExecutionException, InterruptedException {
    topicsDoubted = false;
    Optional<String> wrong = topics.ensure(admin);
    wrong.ifPresent(
        why -> tell("Kafka at %s cannot be used: %s".formatted(config.bootstrapServers(), why)));
    return wrong.isEmpty();
  }

  private void failed(Throwable failure) {
    String what =
        switch (KafkaClients.refusal(failure)) {
          case null ->
              "Kafka at %s (kafka.bootstrap-servers, kafka.properties) does not answer: %s";
          case SslAuthenticationException _ ->
              "Kafka at %s and this server do not agree on TLS (kafka.properties): %s";
          case ApiException _ -> // not whom it should be, or without the rights
              "Kafka at %s refuses this server (kafka.properties): %s";
        };
    tell(what.formatted(config.bootstrapServers(), clients.explain(failure)));
  }

  private void tell(String sentence) {
    if (!sentence.equals(problem) && closed.getCount() > 0) {
      log.atWarn().log("{}; trying again", sentence);
    }
    problem = sentence;
  }

  /// @return whether it goes on then
  private boolean pause(Duration pause) throws InterruptedException {
    return !closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }
}
