package nova.app.e2e;

import java.nio.file.Path;
import java.util.Map;
import nova.app.process.NovaProcess;
import nova.app.process.RunningNova;

/// On a PostgreSQL of the server's own.
class EmbeddedOperatorIT extends OperatorContract {
  private NovaProcess nova;

  @Override
  RunningNova start(Path directory) throws Exception {
    nova = NovaProcess.start(directory, Map.of("NOVA_DATABASE_URL", ""));
    return nova;
  }

  @Override
  void end() throws Exception {
    assertEndsWell(nova);
  }
}
