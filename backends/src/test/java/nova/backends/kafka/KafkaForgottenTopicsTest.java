package nova.backends.kafka;

import static nova.backends.kafka.Entries.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import nova.cluster.EmbeddedKafka;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogPosition;
import nova.framelog.LogUnavailableException;
import nova.framelog.WriterFencedException;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Topics that Kafka's client forgot, or that somebody deleted.
class KafkaForgottenTopicsTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final StreamId NEXT = new StreamId("stream2");

  private final TestKafka kafka = new TestKafka(EmbeddedKafka.shared());

  @AfterEach
  void close() {
    kafka.close();
  }

  @Test
  void broadcastAfterALongSilence_isTakenAtOnce() throws Exception {
    KafkaConfig forgetful =
        kafka.config(true, 1, "metadata.max.idle.ms=5000", "metadata.max.age.ms=500");
    FrameLog log = kafka.backend(forgetful).frameLog();
    log.openWriter(STREAM).append(Entries.END);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.readToEnd(reader)).containsExactly(Entries.END);

    try (FrameLogReader nothing = log.openReader(NEXT, LogPosition.EARLIEST)) {
      // Kafka's client takes no idle time of less than 5 s, and only its own clock.
      assertThat(nothing.read(Duration.ofSeconds(7))).isEmpty();
    }

    log.openWriter(NEXT).append(Entries.END);
  }

  @Test
  void topicThatSomebodyDeleted_isMadeAgain() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    log.openWriter(STREAM).append(Entries.END);
    deleteFrames();

    FrameLogWriter[] next = new FrameLogWriter[1];
    await()
        .atMost(SOON.multipliedBy(3))
        .ignoreExceptionsMatching(LogUnavailableException.class::isInstance)
        .until(() -> (next[0] = log.openWriter(NEXT)) != null);

    next[0].append(Entries.END);
    FrameLogReader reader = log.openReader(NEXT, LogPosition.EARLIEST);
    assertThat(Entries.readToEnd(reader)).containsExactly(Entries.END);
  }

  @Test
  void topicThatSomebodyDeleted_andMayNotBeMade_isMissed() throws Exception {
    kafka.backend().close(); // made them
    KafkaBackend backend = kafka.backend(kafka.config(false, 1));
    FrameLog log = backend.frameLog();
    log.openWriter(STREAM).append(Entries.END);
    deleteFrames();

    assertThatThrownBy(() -> log.openWriter(NEXT)).isInstanceOf(LogUnavailableException.class);

    await().atMost(SOON).until(() -> !backend.answers());
    assertThat(backend.problem().orElseThrow())
        .contains("topics %sstream-frames are missing".formatted(kafka.prefix));
  }

  @Test
  void indexThatSomebodyDeleted_costsTheStreamsThatRun_andNoLaterOnes() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    for (int i = 0; i < 20; i++) { // so that its number is high
      FrameLogWriter writer = log.openWriter(STREAM);
      if (i == 0) {
        Entries.begin(writer, 0);
        Entries.write(writer, 0, 5, 10);
      }
    }
    delete("stream-frames-index");

    FrameLogReader reader = log.openReader(NEXT, LogPosition.EARLIEST);
    await()
        .atMost(SOON.multipliedBy(3))
        .until(
            () -> {
              try {
                log.openWriter(NEXT).append(Entries.END);
                return true;
              } catch (LogUnavailableException | WriterFencedException e) {
                return false;
              }
            });
    assertThat(Entries.readToEnd(reader)).containsExactly(Entries.END);
    assertThatThrownBy(() -> log.openWriter(STREAM))
        .as("rather than write what nobody reads")
        .isInstanceOf(LogUnavailableException.class);
  }

  private void deleteFrames() throws Exception {
    delete("stream-frames");
  }

  /// Returns when the broker has none any more, and not when it has only been told.
  private void delete(String name) throws Exception {
    String topic = kafka.prefix + name;
    try (Admin admin = kafka.kafka.admin()) {
      admin.deleteTopics(List.of(topic)).all().get();
      await().atMost(SOON).until(() -> !admin.listTopics().names().get().contains(topic));
    }
  }
}
