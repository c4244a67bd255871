package nova.ingest.connection;

import java.util.concurrent.Executor;
import nova.ingest.message.RtmpMessage;

/// What a connection can do to its socket. [#execute] may be called from any thread and runs tasks
/// on the connection's own; the rest belongs to that thread.
///
/// *Thread-safe* in [#execute], otherwise *confined to the connection's thread.*
public interface ConnectionOutput extends Executor {
  /// Queues a message; it leaves with the next [#flush].
  void send(RtmpMessage message);

  void flush();

  /// Stops reading from the peer until [#resume]; messages already received stay unread.
  void pause();

  void resume();

  /// Allows large messages from now on.
  void allowMedia();

  /// Sends what is queued and then closes, giving the peer a moment to read it.
  void closeGently();
}
