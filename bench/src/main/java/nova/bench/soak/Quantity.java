package nova.bench.soak;

/// What is watched, and by how much it may have risen from the end of the warm-up to the end of the
/// run, along the line that fits best.
///
/// The bounds of memory are above what the noise of a collected heap makes of nothing. Those of the
/// workers are below what the smallest leak of a picture would make within the 40 minutes of an
/// hour that are judged: 72,000 pictures a stream, of which the smallest structure of FFmpeg that
/// goes with each takes 100 bytes.
enum Quantity {
  SERVER_MIB("memory of the server", "server", "MiB", 16),
  SERVER_HEAP_MIB("heap of the server", "heap", "MiB", 12),
  SERVER_DIRECT_MIB("direct memory of the server", "direct", "MiB", 16),
  SERVER_THREADS("threads of the server", "threads", "", 4),
  SERVER_FILES("open files of the server", "files", "", 4),
  WORKERS("worker processes", "workers", "", 0.9),
  LADDER_MIB("memory of the ladder's worker", "ladder", "MiB", 4),
  LADDER_THREADS("threads of the ladder's worker", "threads", "", 0.9),
  LADDER_FILES("open files of the ladder's worker", "files", "", 0.9),
  POSTER_MIB("memory of the posters' worker", "posters", "MiB", 4),
  POSTER_THREADS("threads of the posters' worker", "threads", "", 0.9),
  POSTER_FILES("open files of the posters' worker", "files", "", 0.9);

  private final String sentence;
  private final String column;
  private final String unit;
  private final double mostRise;

  Quantity(String sentence, String column, String unit, double mostRise) {
    this.sentence = sentence;
    this.column = column;
    this.unit = unit;
    this.mostRise = mostRise;
  }

  /// What it is called in a sentence.
  String sentence() {
    return sentence;
  }

  /// What its column is called.
  String column() {
    return column;
  }

  /// Empty for what is counted.
  String unit() {
    return unit;
  }

  double mostRise() {
    return mostRise;
  }
}
