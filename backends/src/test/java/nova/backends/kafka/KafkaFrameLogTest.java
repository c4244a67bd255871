package nova.backends.kafka;

import nova.cluster.EmbeddedKafka;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogContract;
import org.junit.jupiter.api.AfterEach;

class KafkaFrameLogTest extends FrameLogContract {
  private final TestKafka kafka = new TestKafka(EmbeddedKafka.shared());
  private long keep;

  @AfterEach
  void close() {
    kafka.close();
  }

  @Override
  protected FrameLog newLog(long bytes) {
    keep = bytes;
    try {
      return kafka.backend().frameLog();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  protected void dropExcess(FrameLog log) throws Exception {
    FrameTopic.keepOnly(kafka, keep);
  }
}
