package nova.backends.kafka;

/// Which partitions the topic of frames has. Some may be added at any time, so Kafka is asked about
/// one that is not known.
///
/// *Confined to the thread that follows Kafka.*
final class FramePartitions {
  private final Counter counter;
  private int known;
  private boolean askedSince; // [#heardOfMore]

  /// Asks Kafka how many there are.
  interface Counter {
    /// The number of them now.
    ///
    /// @throws org.apache.kafka.common.KafkaException when it does not tell
    int count() throws InterruptedException;
  }

  FramePartitions(Counter counter) {
    this.counter = counter;
  }

  /// What is asked about from now on was written after Kafka was asked last.
  void heardOfMore() {
    askedSince = false;
  }

  /// There may be fewer than there were.
  void forget() {
    known = 0;
    askedSince = false;
  }

  boolean has(int partition) throws InterruptedException {
    if (partition >= known && !askedSince) {
      known = counter.count();
      askedSince = true;
    }
    return partition < known;
  }
}
