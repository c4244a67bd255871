package nova.ingest.publish;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.LogUnavailableException;
import nova.framelog.StreamLogWriter;
import nova.framelog.WriterFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens logs where it may take a moment, and answers on the thread of the streams.
///
/// *Thread-safe.*
final class StreamLogs {
  private static final Logger log = LoggerFactory.getLogger(StreamLogs.class);

  private final FrameLog frameLog;
  private final Executor blocking;
  private final Executor thread;

  /// @param blocking runs what may wait
  /// @param thread of the streams
  StreamLogs(FrameLog frameLog, Executor blocking, Executor thread) {
    this.frameLog = frameLog;
    this.blocking = blocking;
    this.thread = thread;
  }

  /// Opens the log of a stream; one of the two is called.
  ///
  /// @param notOpened gets a sentence for the broadcaster
  void open(StreamId id, Consumer<StreamLogWriter> opened, Consumer<String> notOpened) {
    blocking.execute(
        () -> {
          try {
            StreamLogWriter writer = new StreamLogWriter(frameLog.openWriter(id));
            thread.execute(() -> opened.accept(writer));
          } catch (LogUnavailableException e) {
            thread.execute(() -> notOpened.accept(e.sentence()));
          } catch (RuntimeException e) {
            log.atError().addKeyValue("stream", id).setCause(e).log("log not opened");
            thread.execute(() -> notOpened.accept("The server failed, try again in a moment."));
          }
        });
  }

  /// Tries to tell readers of a log that has no writer; they hear the event too.
  void close(StreamId id, boolean graceful, String reason) {
    blocking.execute(
        () -> {
          try {
            new StreamLogWriter(frameLog.openWriter(id)).closeStream(graceful, reason);
          } catch (LogUnavailableException | WriterFencedException e) {
            log.atDebug().addKeyValue("stream", id).setCause(e).log("not closed");
          }
        });
  }

  void remove(StreamId id) {
    frameLog.remove(id);
  }
}
