package nova.ingest.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import nova.ingest.connection.RefusalLog.Refused;
import nova.ingest.publish.SerialScheduler;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  private final Seconds seconds = new Seconds();
  private final List<Refused> lines = new ArrayList<>();
  private final RefusalLog refusals = new RefusalLog(seconds, lines::add);
  private InetAddress first;
  private InetAddress second;

  @BeforeEach
  void addresses() throws Exception {
    first = InetAddress.getByName("203.0.113.1");
    second = InetAddress.getByName("203.0.113.2");
  }

  @Test
  void refusalsOfASecond_areOneLinePerReason() {
    for (int i = 0; i < 500; i++) {
      refusals.add("unknown-key", i == 0 ? first : second, "No channel has this key.");
    }
    refusals.add("bad-handshake", second, "This is not RTMP.");
    assertThat(lines).isEmpty();

    seconds.pass();

    assertThat(lines)
        .containsExactly(
            new Refused("unknown-key", 500, "203.0.113.1", "No channel has this key."),
            new Refused("bad-handshake", 1, "203.0.113.2", "This is not RTMP."));
  }

  @Test
  void nextSecond_countsAnew_andAQuietOneWritesNothing() {
    refusals.add("unknown-key", first, "No channel has this key.");
    seconds.pass();
    seconds.pass();
    refusals.add("unknown-key", second, "No channel has this key.");
    seconds.pass();

    assertThat(lines)
        .extracting(Refused::count, Refused::example)
        .containsExactly(tuple(1, "203.0.113.1"), tuple(1, "203.0.113.2"));
  }

  @Test
  void lastRefusals_areWrittenBeforeTheEnd() {
    refusals.add("unknown-key", first, "No channel has this key.");

    refusals.flush();
    seconds.pass();

    assertThat(lines).hasSize(1);
  }

  /// Time that passes when the test says so.
  private static final class Seconds implements SerialScheduler {
    private final Deque<Runnable> due = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
      assertThat(delay).isEqualTo(Duration.ofSeconds(1));
      due.add(task);
      return () -> due.remove(task);
    }

    void pass() {
      while (!due.isEmpty()) {
        due.remove().run();
      }
    }
  }
}
