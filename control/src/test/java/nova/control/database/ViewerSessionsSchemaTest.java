package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What cannot be of a viewer's session, whoever writes it.
class ViewerSessionsSchemaTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  @BeforeEach
  void empty() {
    DATABASE.useTransaction(handle -> handle.execute("TRUNCATE viewer_sessions"));
  }

  private static void join(String stream, String viewer) {
    DATABASE.useTransaction(
        handle ->
            handle.execute(
                """
                INSERT INTO viewer_sessions
                VALUES (?, ?, ?, true, '2026-11-22T16:00:00Z', '2026-11-22T16:00:00Z', NULL, NULL,
                        0, 0, 0, 0, 0, NULL, NULL)
                """,
                UUID.randomUUID(),
                stream,
                viewer));
  }

  private static void update(String assignments) {
    DATABASE.useTransaction(handle -> handle.execute("UPDATE viewer_sessions SET " + assignments));
  }

  @Test
  void viewer_watchesAStreamOnceAtATime_andMayComeBack() {
    join("stream1", "viewer");
    join("stream2", "viewer");
    assertThatThrownBy(() -> join("stream1", "viewer"))
        .isInstanceOfSatisfying(
            ConflictException.class,
            e -> assertThat(e.constraint()).isEqualTo("viewer_sessions_one_open"));

    update("left_at = '2026-11-22T16:00:01Z'");
    join("stream1", "viewer");
    assertThat(
            DATABASE.<Integer>inTransaction(
                handle ->
                    handle
                        .createQuery("SELECT count(*) FROM viewer_sessions")
                        .mapTo(Integer.class)
                        .one()))
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "last_seen_at = joined_at - interval '1 s' | viewer_sessions_times",
        "left_at = last_seen_at - interval '1 s' | viewer_sessions_times",
        "stalled_ms = 1 | viewer_sessions_stall_time",
        "rendition = 'Full HD' | viewer_sessions_rendition_form",
        "viewer = repeat('x', 65) | viewer_sessions_viewer_length",
        "stream_id = '../live' | viewer_sessions_stream_form",
        "bytes = -1 | viewer_sessions_bytes",
      })
  void sessionThatCannotBe_isRefused(String assignments, String constraint) {
    join("stream1", "viewer");
    assertThatThrownBy(() -> update(assignments))
        .isInstanceOfSatisfying(
            ConflictException.class, e -> assertThat(e.constraint()).isEqualTo(constraint));
  }
}
