package nova.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.media.MediaException;
import nova.worker.ServerMessages.Next;
import org.junit.jupiter.api.Test;

class ServerMessagesTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final PipedOutputStream server = new PipedOutputStream();
  private final WorkerMessageWriter out = new WorkerMessageWriter(server);
  private final ServerMessages messages;

  ServerMessagesTest() throws IOException {
    messages =
        ServerMessages.read(
            new WorkerMessageReader(new PipedInputStream(server)),
            Thread.ofPlatform().daemon().factory());
  }

  private static SourceEntry message(int number) {
    return new SourceEntry(new StreamClosed(true, "message " + number));
  }

  @Test
  void messages_comeInOrder_andThenTheEnd() throws Exception {
    for (int i = 0; i < 3; i++) {
      out.send(message(i));
    }
    server.close();

    for (int i = 0; i < 3; i++) {
      assertThat(messages.take(LONG)).isEqualTo(new Next.Message(message(i)));
    }
    assertThat(messages.take(LONG)).isEqualTo(new Next.End());
  }

  @Test
  void silence_isNotWaitedFor_andEndsNothing() throws Exception {
    assertThat(messages.take(Duration.ofMillis(1))).isEqualTo(new Next.Nothing());
    out.send(message(1));
    assertThat(messages.take(LONG)).isEqualTo(new Next.Message(message(1)));
  }

  @Test
  void nonsense_isPassedOn() throws Exception {
    server.write(new byte[] {0, 0, 0, 1, (byte) 0xee});
    server.flush();

    assertThat(messages.take(LONG))
        .isInstanceOfSatisfying(
            Next.Broken.class,
            broken -> assertThat(broken.cause()).isInstanceOf(MediaException.class));
  }

  @Test
  void pipeThatEndsWithinAMessage_isTheEnd() throws Exception {
    server.write(new byte[] {0, 0, 0, 9, 1});
    server.close();

    assertThat(messages.take(LONG)).isEqualTo(new Next.End());
  }
}
