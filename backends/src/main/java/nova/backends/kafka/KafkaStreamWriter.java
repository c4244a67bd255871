package nova.backends.kafka;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.framelog.FormatsInForce;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogCheckpoint;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogTail;
import nova.framelog.LogTailTracker;
import nova.framelog.LogUnavailableException;
import nova.framelog.WriterFencedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes one stream's entries to Kafka, and a head before keyframes a reader may begin at.
///
/// *Confined to its session's thread*, except what Kafka's client and the index tell it.
final class KafkaStreamWriter implements FrameLogWriter, StreamIndex.Watcher {
  private static final Logger log = LoggerFactory.getLogger(KafkaStreamWriter.class);

  /// Keyframes that follow each other sooner have no heads, unless they begin a segment.
  private static final Duration HEAD_INTERVAL = Duration.ofSeconds(1);

  private static final String TOO_SLOW =
      "The server cannot store what you send as quickly as it comes; try again in a moment.";
  private static final String REFUSED =
      "The server could not store what you sent; try again in a moment.";

  /// Why it is of no use any more.
  private sealed interface Halt {
    record Replaced() implements Halt {}

    record Removed() implements Halt {}

    record Unavailable(String sentence) implements Halt {}
  }

  private final StreamId stream;
  private final long number;
  private final int partition;
  private final FrameProducer producer;
  private final Limits limits;
  private final KafkaClients clients;
  private final KafkaMetrics metrics;
  private final NanoClock clock;
  private final Consumer<KafkaStreamWriter> onHalt;
  private final LogTailTracker tail;
  private final FormatsInForce formats;
  private final AtomicLong inFlightBytes = new AtomicLong();
  private final AtomicReference<@Nullable Halt> halt = new AtomicReference<>();
  private long sequence;
  private @Nullable Timescale leadingScale; // of the frame the last head stands before
  private long headDts;

  /// Bounds of what is on its way, in bytes.
  ///
  /// @param perStream of one writer
  /// @param all of all writers of this process
  /// @param record of one record's value
  record Limits(long perStream, long all, int record) {}

  /// What is known of the log where the writer goes on.
  ///
  /// @param sequence number of its first entry
  record Start(LogTailTracker tail, FormatsInForce formats, long sequence) {}

  /// @param onHalt told once that it is of no use any more
  KafkaStreamWriter(
      StreamId stream,
      long number,
      int partition,
      Start start,
      FrameProducer producer,
      Limits limits,
      KafkaClients clients,
      KafkaMetrics metrics,
      NanoClock clock,
      Consumer<KafkaStreamWriter> onHalt) {
    this.stream = stream;
    this.number = number;
    this.partition = partition;
    this.tail = start.tail();
    this.formats = start.formats();
    this.sequence = start.sequence();
    this.producer = producer;
    this.limits = limits;
    this.clients = clients;
    this.metrics = metrics;
    this.clock = clock;
    this.onHalt = onHalt;
  }

  @Override
  public void append(LogEntry entry) {
    requireUsable();
    List<byte[]> records = FrameRecord.entry(number, sequence, entry, limits.record());
    requireRoom(records.stream().mapToLong(FrameProducer::sizeBytes).sum());
    if (isHeadDue(entry)) {
      appendHead();
    }
    for (byte[] record : records) {
      send(record, (_, _) -> {});
    }
    requireUsable();
    sequence++;
    tail.add(entry);
    formats.add(entry);
    if (entry instanceof EpochStarted) {
      leadingScale = null;
    }
  }

  @Override
  public LogTail tail() {
    return tail.tail();
  }

  @Override
  public void announced(long writer) {
    if (writer > number) {
      boolean _ = halt(new Halt.Replaced());
    }
  }

  @Override
  public void removed() {
    boolean _ = halt(new Halt.Removed());
  }

  private void appendHead() {
    LogCheckpoint at = tail.checkpoint(formats.entries());
    long lastSegment = at.earlier().lastSegment();
    send(
        FrameRecord.head(number, sequence, at),
        (where, offset) -> {
          if (halt.get() == null) {
            index(new IndexRecord.Keyframe(number, where, offset, lastSegment));
          }
        });
  }

  private boolean isHeadDue(LogEntry entry) {
    if (!formats.canStartAt(entry) || !(entry instanceof LoggedFrame logged)) {
      return false;
    }
    long dts = logged.frame().dts();
    Timescale scale = leadingScale;
    if (scale != null
        && !logged.cut()
        && scale.toDuration(dts - headDts).compareTo(HEAD_INTERVAL) < 0) {
      return false;
    }
    leadingScale = timescaleOf(logged);
    headDts = dts;
    return true;
  }

  private @Nullable Timescale timescaleOf(LoggedFrame logged) {
    for (LogEntry entry : formats.entries()) {
      if (entry instanceof TrackFormatChanged(var track, var format)
          && track.equals(logged.frame().track())) {
        return format.timescale();
      }
    }
    return null;
  }

  /// What comes of a record that was delivered.
  private interface Delivered {
    void at(int partition, long offset);
  }

  private void send(byte[] record, Delivered delivered) {
    if (halt.get() != null) {
      return; // the rest of an entry whose first piece was refused
    }
    long sentAt = clock.nanoTime();
    int length = record.length; // Kafka's client has a copy of the rest
    int size = FrameProducer.sizeBytes(record);
    inFlightBytes.addAndGet(size);
    producer.sendFrame(
        stream,
        partition,
        record,
        new FrameProducer.Delivery() {
          @Override
          public void delivered(int where, long offset) {
            inFlightBytes.addAndGet(-size);
            metrics.recordWritten(length, Duration.ofNanos(clock.nanoTime() - sentAt));
            delivered.at(where, offset);
          }

          @Override
          public void refused(Exception failure) {
            inFlightBytes.addAndGet(-size);
            if (halt(new Halt.Unavailable(REFUSED))) {
              metrics.writerFailed("refused");
              log.atWarn()
                  .addKeyValue("stream", stream)
                  .log("Kafka refused a record of frames: {}", clients.explain(failure));
            }
          }
        });
  }

  private void index(IndexRecord record) {
    producer.sendIndex(
        stream,
        record,
        new FrameProducer.Delivery() {
          @Override
          public void delivered(int where, long offset) {}

          @Override
          public void refused(Exception failure) {
            // Readers begin at an earlier keyframe.
            log.atDebug().addKeyValue("stream", stream).setCause(failure).log("not indexed");
          }
        });
  }

  /// An entry of any size has room when nothing is on its way.
  private void requireRoom(long bytes) {
    long mine = inFlightBytes.get();
    boolean streamIsFull = mine > 0 && mine + bytes > limits.perStream();
    boolean allIsFull = mine > 0 && producer.inFlightBytes() + bytes > limits.all();
    if ((streamIsFull || allIsFull) && halt(new Halt.Unavailable(TOO_SLOW))) {
      metrics.writerFailed(streamIsFull ? "stream-in-flight" : "process-in-flight");
      log.atWarn()
          .addKeyValue("stream", stream)
          .addKeyValue("inFlightBytes", streamIsFull ? mine : producer.inFlightBytes())
          .log("Kafka does not keep up; the broadcaster is disconnected");
    }
    requireUsable();
  }

  /// @return whether it was of use until now
  private boolean halt(Halt why) {
    boolean first = halt.compareAndSet(null, why);
    if (first) {
      onHalt.accept(this);
    }
    return first;
  }

  private void requireUsable() {
    Halt why = halt.get();
    if (why != null) {
      throw switch (why) {
        case Halt.Replaced _ -> WriterFencedException.replaced(stream);
        case Halt.Removed _ -> WriterFencedException.removed(stream);
        case Halt.Unavailable(String sentence) -> new LogUnavailableException(sentence);
      };
    }
  }
}
