package nova.control.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry;
import nova.control.audit.AuditLog;
import nova.control.database.Database;
import nova.control.database.TestDatabase;
import nova.control.metric.Audience;
import nova.control.metric.StreamMetric;
import nova.control.metric.StreamMetrics;
import nova.control.metric.StreamMetricsPartitions;
import nova.control.metric.StreamMetricsRepository;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.testkit.Seeds;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");
  static final String CHANNEL = "11111111-1111-1111-1111-111111111111";

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  @TempDir private static Path usualFolder;
  private static @Nullable Path usual;

  @TempDir private Path folder;

  private static Database open() {
    return Database.open(DATABASE.createEmpty());
  }

  private static Database connect() {
    return Database.connect(DATABASE.createEmpty());
  }

  private static void execute(Database database, String sql) {
    database.useTransaction(handle -> handle.execute(sql));
  }

  /// Rows with what is easily lost on the way.
  private static void fill(Database database) {
    execute(
        database,
        """
        INSERT INTO channels VALUES ('%s', 'live', E'quoted "a", it''s\\n\\\\. Ünïcode \uD83C\uDFA5',
          '', true, 'public', 3, '2026-11-22T12:00:00.123456Z', '2026-11-23T12:00:00Z')
        """
            .formatted(CHANNEL));
    execute(
        database,
        """
        INSERT INTO stream_keys VALUES ('22222222-2222-2222-2222-222222222222', '%s',
          decode(repeat('00ff5c22', 8), 'hex'), '', ARRAY['10.0.0.0/8', 'NULL', ''],
          '2026-11-22T12:00:00Z', NULL, NULL, NULL, NULL)
        """
            .formatted(CHANNEL));
    AuditLog audit = new AuditLog(database);
    database.useTransaction(
        handle -> {
          for (int i = 0; i < 3; i++) {
            audit.append(
                handle,
                NOON,
                Actor.SYSTEM,
                "channel-created",
                new AuditEntry.Subject("channel", "live"),
                Map.of("text", "a,\"b\"\n\\N", "number", i));
          }
          int _ = handle.execute("DELETE FROM audit WHERE id = 3");
        });
    StreamHealth health = new StreamHealth(3_000_000, 128_000, 29.97, 0, 1, 2, 3, 4, List.of());
    metrics(database)
        .add(
            List.of(
                metric(NOON, health, Optional.of(new Audience(5, 1, 9))),
                metric(NOON.plusSeconds(400_000), health, Optional.empty())));
    execute(database, "DELETE FROM quality_levels WHERE name = '1080p'");
  }

  private static StreamMetric metric(Instant at, StreamHealth health, Optional<Audience> audience) {
    return new StreamMetric(new StreamId("stream1"), at, health, audience);
  }

  private static StreamMetrics metrics(Database database) {
    return new StreamMetrics(
        database, new StreamMetricsRepository(), new StreamMetricsPartitions());
  }

  /// All rows of all tables as text.
  private static Map<String, List<String>> rows(Database database) {
    return database.inTransaction(
        handle -> {
          Map<String, List<String>> rows = new TreeMap<>();
          for (CatalogueTable table : CatalogueTable.all(handle)) {
            List<String> _ = rows.put(table.name(), rows(handle, table));
          }
          return rows;
        });
  }

  private static List<String> rows(Handle handle, CatalogueTable table) {
    return handle
        .createQuery("SELECT t::text FROM %s t ORDER BY 1".formatted(table.sqlName()))
        .mapTo(String.class)
        .list();
  }

  private Path write(Database database) throws IOException {
    return write(database, folder.resolve("backup.zip"));
  }

  private static Path write(Database database, Path path) throws IOException {
    try (OutputStream out = Files.newOutputStream(path)) {
      BackupManifest _ = Backup.write(database, out, BackupProgress.NONE);
    }
    return path;
  }

  private static BackupManifest restore(Database to, Path path, BackupProgress progress) {
    try (BackupFile file = BackupFile.open(path)) {
      Backup.restore(to, file, progress);
      return file.manifest();
    }
  }

  /// A backup of [#fill].
  @BeforeAll
  static void writeUsual() throws IOException {
    try (Database database = open()) {
      fill(database);
      usual = write(database, usualFolder.resolve("usual.zip"));
    }
  }

  private static Path usual() {
    return Objects.requireNonNull(usual);
  }

  @Test
  void everyRow_comesBack_asItWas() throws IOException {
    try (Database from = open();
        Database to = connect()) {
      fill(from);
      List<String> heard = new ArrayList<>();
      BackupManifest restored =
          restore(to, write(from), (table, count) -> heard.add(table + " " + count));

      assertThat(rows(to)).isEqualTo(rows(from));
      assertThat(to.schemaVersion()).isEqualTo(from.schemaVersion());
      assertThat(restored.rows()).isEqualTo(1 + 1 + 2 + 2 + 2);
      assertThat(heard).contains("channels 1", "stream_metrics 2", "streams 0");
    }
  }

  @Test
  void numbersThatWereGiven_areNotGivenAgain_alsoOfRowsThatAreGone() throws IOException {
    try (Database to = connect()) {
      BackupManifest _ = restore(to, usual(), BackupProgress.NONE);
      int next =
          to.inTransaction(
              handle ->
                  handle
                      .createQuery(
                          """
                          INSERT INTO audit (at, actor_kind, actor_id, actor_label, actor_address,
                                             action, subject_kind, subject_id, details)
                          VALUES (now(), 'system', '', '', '', 'a-test', '', '', '{}')
                          RETURNING id
                          """)
                      .mapTo(Integer.class)
                      .one());
      assertThat(next).isEqualTo(4);
    }
  }

  @Test
  void whatWasOnAir_hasEnded_whenItComesBack() throws IOException {
    try (Database from = open();
        Database to = connect()) {
      fill(from);
      execute(
          from,
          """
          INSERT INTO streams (id, channel_id, node, state, title, description, tags, version,
                               created_at, started_at, seen_at, reconnect_until, remote_address,
                               tracks, epochs, reconnects, received_bytes, received_frames,
                               dropped_frames, repaired_timestamps)
          VALUES ('stream1', '%s', gen_random_uuid(), 'RECONNECTING', '', '', '{}', 4,
                  '2026-11-22T12:00:00Z', '2026-11-22T12:00:01Z', '2026-11-22T12:00:09Z',
                  '2026-11-22T12:00:39Z', '::1', '[]', 1, 0, 0, 0, 0, 0)
          """
              .formatted(CHANNEL));
      BackupManifest _ = restore(to, write(from), BackupProgress.NONE);
      assertThat(
              to.<String>inTransaction(
                  handle ->
                      handle
                          .createQuery(
                              """
                              SELECT concat_ws(' ', state, ended_at AT TIME ZONE 'UTC', version,
                                               reconnect_until)
                                FROM streams
                              """)
                          .mapTo(String.class)
                          .one()))
          .isEqualTo("ERROR 2026-11-22 12:00:09 5");
      assertThat(
              to.<Boolean>inTransaction(
                  handle ->
                      handle
                          .createQuery(
                              "SELECT bool_and(s.xmin = c.xmin) FROM streams s, channels c")
                          .mapTo(Boolean.class)
                          .one()))
          .as("in the transaction that restored the rest")
          .isTrue();
    }
  }

  @Test
  void backup_isOfOneMoment_whateverIsWrittenMeanwhile() throws Exception {
    try (Database from = open();
        Database to = connect()) {
      fill(from);
      Map<String, List<String>> before = rows(from);
      Path path = folder.resolve("backup.zip");
      try (OutputStream out = Files.newOutputStream(path)) {
        List<String> done = new ArrayList<>();
        BackupManifest _ =
            Backup.write(
                from,
                out,
                (table, _) -> {
                  done.add(table);
                  if (done.size() == 1) {
                    inAnotherThread(() -> execute(from, "DELETE FROM channels"));
                    inAnotherThread(() -> execute(from, "DELETE FROM stream_metrics"));
                  }
                });
      }
      assertThat(rows(from)).isNotEqualTo(before);
      BackupManifest _ = restore(to, path, BackupProgress.NONE);
      assertThat(rows(to)).isEqualTo(before);
    }
  }

  private static void inAnotherThread(Runnable work) {
    try {
      assertThat(Thread.ofVirtual().start(work).join(Duration.ofSeconds(20))).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void backupOfAnEarlierSchema_isBroughtUpToDate() throws IOException {
    try (Database from = connect();
        Database to = connect()) {
      from.migrateTo(2);
      execute(
          from,
          "INSERT INTO channels VALUES ('%s', 'live', '', '', true, 'token', 1, now(), now())"
              .formatted(CHANNEL));
      Path path = write(from);

      BackupManifest restored = restore(to, path, BackupProgress.NONE);

      assertThat(restored.schemaVersion()).isEqualTo(2);
      assertThat(from.schemaVersion()).as("of what was backed up").isEqualTo(2);
      assertThat(to.schemaVersion()).isEqualTo(to.newestSchemaVersion()).isGreaterThan(6);
      assertThat(rows(to).get("channels")).isEqualTo(rows(from).get("channels"));
      assertThat(rows(to).get("quality_levels")).hasSize(3);
    }
  }

  @Test
  void metricsOfAYear_comeBack() throws IOException {
    try (Database from = open();
        Database to = connect()) {
      StreamHealth health = new StreamHealth(1, 1, 30, 0, 1, 1, 1, 1, List.of());
      for (int month = 0; month < 13; month++) {
        List<StreamMetric> some = new ArrayList<>();
        for (int day = 0; day < 29; day++) {
          Instant at = NOON.plus(Duration.ofDays(29L * month + day));
          some.add(metric(at, health, Optional.empty()));
        }
        metrics(from).add(some);
      }
      BackupManifest restored = restore(to, write(from), BackupProgress.NONE);
      assertThat(restored.metricDays()).hasSize(13 * 29);
      assertThat(rows(to)).isEqualTo(rows(from));
    }
  }

  @Test
  void databaseWithoutASchema_isNothingToBackUp() throws IOException {
    try (Database empty = connect();
        OutputStream out = new ByteArrayOutputStream()) {
      assertThatThrownBy(() -> Backup.write(empty, out, BackupProgress.NONE))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("nothing to back up");
    }
  }

  @Test
  void databaseWithChannels_orWithAServer_orOfALaterSchema_staysAsItIs() throws IOException {
    Path backup = usual();
    try (Database full = open()) {
      fill(full);
      Map<String, List<String>> before = rows(full);
      assertRefused(full, backup, "the database has 1 channels already (expected: none)");
      assertThat(rows(full)).isEqualTo(before);
    }
    var config = DATABASE.createEmpty();
    try (Database server = Database.open(config);
        Database restoring = Database.connect(config)) {
      assertRefused(restoring, backup, "a server uses the database (");
      assertThat(rows(server).get("channels")).isEmpty();
    }
    try (Database old = connect();
        Database newer = open()) {
      old.migrateTo(2);
      assertRefused(newer, write(old), "(expected: at most 2, as the backup");
    }
  }

  private static void assertRefused(Database database, Path path, String sentence) {
    assertThatThrownBy(() -> restore(database, path, BackupProgress.NONE))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining(sentence)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void tamperedBackup_isRefusedInASentence_andNothingIsRestored() throws IOException {
    Path path = folder.resolve("tampered.zip");
    try (Database to = open()) {
      Map<String, List<String>> before = rows(to);
      for (Tampering tampering : Tampering.ALL) {
        Path _ = tampering.change().apply(ZipParts.read(usual())).write(path);
        assertRefused(to, path, tampering.sentence());
        assertThat(rows(to)).as(tampering.name()).isEqualTo(before);
      }
    }
  }

  @Test
  void whatIsNoBackup_isRefused_beforeTheDatabaseIsTouched() throws IOException {
    byte[] whole = Files.readAllBytes(usual());
    Path path = folder.resolve("part.zip");
    try (Database to = connect()) {
      for (int length : List.of(0, 1, 100, whole.length / 2, whole.length - 1)) {
        Path _ = Files.write(path, Arrays.copyOf(whole, length));
        assertRefused(to, path, "it is no zip file, or only a part of one");
      }
      assertRefused(to, folder.resolve("missing.zip"), "it cannot be read");
      assertRefused(to, folder, "cannot be restored");
      assertThat(to.schemaVersion()).isZero();
    }
  }

  @Test
  void anyChangedByte_isNoticed_orHarmless() throws IOException {
    byte[] whole = Files.readAllBytes(usual());
    BackupManifest manifest;
    try (BackupFile file = BackupFile.open(usual())) {
      manifest = file.manifest();
    }
    Path path = folder.resolve("changed.zip");
    Seeds.each(
        1_000,
        random -> {
          byte[] changed = whole.clone();
          changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
          try {
            Path _ = Files.write(path, changed);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          Throwable thrown =
              catchThrowable(
                  () -> {
                    try (BackupFile file = BackupFile.open(path)) {
                      assertThat(file.manifest().tables()).isEqualTo(manifest.tables());
                    }
                  });
          if (thrown != null) {
            assertThat(thrown).isInstanceOf(BackupException.class);
          }
        });
  }
}
