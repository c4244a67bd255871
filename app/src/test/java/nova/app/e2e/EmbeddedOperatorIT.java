package nova.app.e2e;

import java.util.Map;

/// On a PostgreSQL of the server's own.
class EmbeddedOperatorIT extends OperatorContract {
  @Override
  Map<String, String> database() {
    return Map.of("NOVA_DATABASE_URL", "");
  }
}
