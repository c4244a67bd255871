package nova.app;

import java.nio.file.Path;
import java.util.List;
import nova.app.error.StartupException;
import nova.app.publish.WorkerSource;
import nova.framelog.pipe.PatternJob;

/// The programs of the worker's jars that make FLV.
///
/// *Immutable.*
final class WorkerPrograms {
  private static final String TEST_PATTERN = "nova.worker.pattern.TestPattern";
  private static final String REMUX = "nova.worker.file.Remux";

  private WorkerPrograms() {}

  /// Draws the test pattern in real time.
  ///
  /// @throws StartupException when this installation has no worker
  static WorkerSource testPattern(PatternJob job) {
    return source("the test pattern", TEST_PATTERN, job.toArguments());
  }

  /// Reads an MP4 file.
  ///
  /// @throws StartupException when this installation has no worker
  static WorkerSource mp4(Path file, boolean loop) {
    return source(
        "reading MP4", REMUX, List.of(loop ? "loop" : "once", file.toAbsolutePath().toString()));
  }

  private static WorkerSource source(String what, String mainClass, List<String> arguments) {
    WorkerJars jars =
        WorkerJars.find()
            .orElseThrow(
                () ->
                    new StartupException(
                        what
                            + " needs the worker, which this installation does not have (expected:"
                            + " its jars in the folder that -Dnova.worker names, as the nova"
                            + " command does)"));
    return new WorkerSource(jars.command(mainClass, arguments.toArray(String[]::new)));
  }
}
