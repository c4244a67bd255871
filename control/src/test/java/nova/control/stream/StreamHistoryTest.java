package nova.control.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.database.TestDatabase;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What is asked all the time does not read what has been.
class StreamHistoryTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final StreamId LIVE = new StreamId("live");
  private static final int FEW = 50;

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final StreamRepository streams = new StreamRepository();
  private final FakeClock clock = new FakeClock();
  private TestServer server;

  @BeforeEach
  void fill() {
    TestServer.empty(DATABASE.database());
    server = TestServer.on(DATABASE.database(), clock);
    var _ = server.channel(SHOW);
    TestEvents events = new TestEvents(LIVE, clock);
    server.journal().onEvent(events.started(SHOW, Optional.empty()));
    server.journal().onEvent(events.epoch(0));
    server.journal().close();
    // All of them later than the one that is live.
    DATABASE.useTransaction(
        handle ->
            handle.execute(
                """
                INSERT INTO streams (id, channel_id, state, title, description, tags, version,
                    created_at, ended_at, end_reason, tracks, epochs, reconnects, received_bytes,
                    received_frames, dropped_frames, repaired_timestamps)
                SELECT 'past' || n, id, 'ENDED_GRACEFULLY', '', '', '{}', 1,
                       at + n * interval '1 s', at + n * interval '1 s', '', '[]', 0, 0, 0, 0, 0, 0
                  FROM generate_series(1, 5000) n, channels,
                       (SELECT created_at AS at FROM streams) live
                """));
    DATABASE.useTransaction(handle -> handle.execute("ANALYZE streams"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void liveStreams_areListed_withoutTheHistory() {
    StreamFilter live =
        new StreamFilter(
            Optional.empty(),
            EnumSet.of(StreamState.ACTIVE, StreamState.RECONNECTING),
            Optional.empty(),
            Optional.empty());
    assertThat(
            readingFewRows(handle -> streams.list(handle, live, Optional.empty(), 100)).stream()
                .map(ChannelStream::id))
        .containsExactly(LIVE);
  }

  @Test
  void latestStreamOfAChannel_isFound_withoutTheHistory() {
    assertThat(readingFewRows(handle -> streams.latestOf(handle, SHOW)).map(ChannelStream::id))
        .contains(LIVE);
    DATABASE.useTransaction(
        handle ->
            handle.execute(
                "UPDATE streams SET state = 'ERROR', ended_at = created_at, end_reason = ''"
                    + " WHERE id = 'live'"));
    assertThat(readingFewRows(handle -> streams.latestOf(handle, SHOW)).map(ChannelStream::id))
        .contains(new StreamId("past5000"));
  }

  @Test
  void foreignKeys_haveAnIndex_soThatDeletionsFindTheirRows() {
    List<String> without =
        DATABASE.inTransaction(
            handle ->
                handle
                    .createQuery(
                        """
                        SELECT conrelid::regclass || ' ' || conname FROM pg_constraint
                         WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
                           AND NOT EXISTS (SELECT FROM pg_index
                                            WHERE indrelid = conrelid AND indpred IS NULL
                                              AND indkey[0] = conkey[1])
                        """)
                    .mapTo(String.class)
                    .list());
    assertThat(without).isEmpty();
  }

  private static <T> T readingFewRows(Function<Handle, T> reading) {
    return DATABASE.inTransaction(
        handle -> {
          long before = rowsRead(handle);
          T read = reading.apply(handle);
          assertThat(rowsRead(handle) - before).isLessThan(FEW);
          return read;
        });
  }

  private static long rowsRead(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)
              FROM pg_stat_xact_user_tables WHERE relname = 'streams'
            """)
        .mapTo(Long.class)
        .one();
  }
}
