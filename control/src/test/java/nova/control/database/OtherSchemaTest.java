package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OtherSchemaTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  @Test
  void databaseOfALaterRelease_isNotOpened_butCanBeBackedUp() {
    DatabaseConfig config = DATABASE.createEmpty();
    try (Database database = Database.open(config)) {
      database.useTransaction(
          handle ->
              handle.execute(
                  """
                  INSERT INTO flyway_schema_history
                  VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 0, 'somebody', now(), 1, true)
                  """));
    }
    assertThatThrownBy(() -> Database.open(config).close())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining("has schema 99 (expected: at most ");
    try (Database database = Database.connect(config)) {
      assertThat(database.schemaVersion()).isEqualTo(99);
    }
  }

  @Test
  void databaseOfAnEarlierRelease_isBroughtUpToDate() {
    DatabaseConfig config = DATABASE.createEmpty();
    try (Database earlier = Database.connect(config)) {
      earlier.migrateTo(2);
    }
    try (Database database = Database.open(config)) {
      assertThat(database.schemaVersion()).isEqualTo(database.newestSchemaVersion());
    }
  }

  @Test
  void serverBesideOthers_leavesTheSchemaAsItIs_andSaysWhatToDo() {
    DatabaseConfig config = DATABASE.createEmpty();
    assertNotMigrated(config, "schema 0 ", "run `nova migrate` once");
    try (Database tables = Database.connect(config)) {
      tables.migrateTo(2);
      assertNotMigrated(config, "schema 2 ", "run `nova migrate` once");
      assertThat(tables.schemaVersion()).isEqualTo(2);
      Migration done = Migration.run(tables);
      assertThat(done).isEqualTo(new Migration(2, tables.newestSchemaVersion()));
      assertThat(Migration.run(tables)).isEqualTo(new Migration(done.after(), done.after()));
    }
    try (Database server = Database.openMigrated(config)) {
      server.useTransaction(
          handle ->
              handle.execute(
                  """
                  INSERT INTO flyway_schema_history
                  VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 0, 'somebody', now(), 1, true)
                  """));
    }
    assertNotMigrated(config, "schema 99 ", "`nova migrate` of a later release");
  }

  private static void assertNotMigrated(DatabaseConfig config, String has, String todo) {
    assertThatThrownBy(() -> Database.openMigrated(config).close())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContainingAll(has, "expected: ", todo);
  }

  @Test
  void oneConnection_isEnough() {
    DatabaseConfig two = DATABASE.createEmpty();
    DatabaseConfig one =
        new DatabaseConfig(two.url(), two.user(), two.password(), 1, two.patience());
    try (Database database = Database.open(one)) {
      database.watch();
      assertThat(database.answers()).isTrue();
      assertThat(database.schemaVersion()).isEqualTo(database.newestSchemaVersion());
    }
  }

  @Test
  void databaseWithAFailedMigration_isNotOpened() {
    DatabaseConfig config = DATABASE.createEmpty();
    try (Database database = Database.open(config)) {
      database.useTransaction(
          handle ->
              handle.execute(
                  """
                  UPDATE flyway_schema_history SET success = false
                   WHERE version::integer = (SELECT max(version::integer) FROM flyway_schema_history)
                  """));
    }
    assertThatThrownBy(() -> Database.open(config).close())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining("cannot be brought up to date");
  }
}
