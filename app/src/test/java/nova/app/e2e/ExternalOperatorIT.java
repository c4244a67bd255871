package nova.app.e2e;

import java.nio.file.Path;
import nova.app.process.NovaProcess;
import nova.app.process.RunningNova;

/// On somebody else's PostgreSQL, as old as the system has it.
class ExternalOperatorIT extends OperatorContract {
  private final SystemPostgres postgres = SystemPostgres.create();
  private NovaProcess nova;

  @Override
  RunningNova start(Path directory) throws Exception {
    nova = NovaProcess.start(directory, postgres.environment());
    return nova;
  }

  @Override
  void end() throws Exception {
    try {
      assertEndsWell(nova);
    } finally {
      postgres.close();
    }
  }
}
