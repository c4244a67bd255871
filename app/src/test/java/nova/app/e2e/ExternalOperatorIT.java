package nova.app.e2e;

import java.util.Map;

/// On somebody else's PostgreSQL, as old as the system has it.
class ExternalOperatorIT extends OperatorContract {
  private final SystemPostgres postgres = SystemPostgres.create();

  @Override
  Map<String, String> database() {
    return postgres.environment();
  }

  @Override
  void over() {
    postgres.close();
  }
}
