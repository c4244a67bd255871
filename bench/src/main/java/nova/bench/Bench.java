package nova.bench;

import java.util.List;

/// One benchmark: it starts what it needs, measures for a bounded time, and stops what it started.
interface Bench {
  /// What `make bench BENCH=…` calls it.
  String name();

  /// One line for the report's heading: the load, so that the figures can be read.
  String load();

  List<Figure> run() throws Exception;
}
