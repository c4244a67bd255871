package nova.bench.cluster;

import java.util.List;
import nova.bench.publish.Clip;

/// All failures that a cluster is tried with, in their order.
final class Failures {
  private Failures() {}

  static List<Failure> all(Clip clip) {
    return List.of(
        TranscodeFailures.killed(),
        TranscodeFailures.frozen(),
        TranscodeFailures.drained(),
        DeliveryFailures.killed(),
        DeliveryFailures.drained(),
        EngineFailures.redisEmptied(),
        EngineFailures.redisAway(),
        EngineFailures.redisHanging(),
        EngineFailures.redisRefusingWrites(),
        EngineFailures.kafkaAway(),
        ClockFailures.apart(),
        ClockFailures.ingestApart(),
        IngestFailures.two(clip),
        IngestFailures.killed(),
        IngestFailures.drained());
  }
}
