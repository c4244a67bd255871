package nova.app.e2e;

import java.nio.file.Path;
import nova.app.process.RunningNova;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// On services that share a database with each other.
@Tag("cluster")
@EnabledIfSystemProperty(
    named = "nova.test.cluster",
    matches = "true",
    disabledReason = "`make cluster-test` runs it")
class ClusterOperatorIT extends OperatorContract {
  private RunningNova nova;

  @Override
  RunningNova start(Path directory) throws Exception {
    nova = RunningNova.start(directory);
    return nova;
  }

  @Override
  void end() {
    nova.close();
  }
}
