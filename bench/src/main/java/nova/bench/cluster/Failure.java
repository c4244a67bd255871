package nova.bench.cluster;

import java.util.List;

/// Something that breaks in a cluster, and what must come of it.
interface Failure {
  /// In few words, such as `kill -9 of the transcode that carries the stream`.
  String name();

  /// What users must see.
  String expected();

  /// Breaks it, and waits until what was broken is whole again.
  Outcome cause(Scene scene) throws Exception;

  /// What came of it.
  ///
  /// @param measured for the table
  /// @param wrong what should not have been; empty when all was as expected
  record Outcome(String measured, List<String> wrong) {
    public Outcome {
      wrong = List.copyOf(wrong);
    }
  }
}
