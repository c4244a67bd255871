package nova.backends.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.backends.kafka.FrameConsumers.Range;
import nova.backends.kafka.FrameConsumers.Received;
import nova.backends.kafka.StreamIndex.Place;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.framelog.FormatsInForce;
import nova.framelog.LogCheckpoint;
import nova.framelog.LogEntry;
import nova.framelog.LogPosition;
import nova.framelog.LogTailTracker;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;

/// Opens a stream's writer, in four steps of a few milliseconds each.
/// 1. It is announced in the index. That record's offset is the writer's number; earlier writers of
///    the stream hear of it and stop.
/// 2. Its fence is appended to the frames of the stream. Whatever an earlier writer appends behind
///    it counts for nothing, however late that hears.
/// 3. The log is read from the last keyframe that was indexed before the announcement up to the
///    fence, as any reader reads it. So it is known exactly where the log ends.
/// 4. The index is told that the writer began, and where its fence is.
///
/// *Confined to its caller's thread.*
final class WriterOpening {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SLICE = Duration.ofMillis(200);

  private final StreamId stream;
  private final StreamIndex index;
  private final FrameProducer producer;
  private final FrameConsumers consumers;
  private final KafkaConfig config;
  private final KafkaClients clients;
  private final KafkaPorts ports;
  private final NanoClock clock;
  private final long deadline;
  private long highestBefore = -1; // number of a writer whose fence is before its own

  /// The writer cannot be opened now.
  static final class Failed extends Exception {
    Failed(String why) {
      super(why);
    }
  }

  WriterOpening(
      StreamId stream,
      StreamIndex index,
      FrameProducer producer,
      FrameConsumers consumers,
      KafkaConfig config,
      KafkaClients clients,
      KafkaPorts ports) {
    this.stream = stream;
    this.index = index;
    this.producer = producer;
    this.consumers = consumers;
    this.config = config;
    this.clients = clients;
    this.ports = ports;
    this.clock = ports.nanoClock();
    this.deadline = clock.nanoTime() + TIMEOUT.toNanos();
  }

  /// Where a record is.
  private record Written(int partition, long offset) {}

  KafkaStreamWriter open() throws Failed, InterruptedException {
    long number = await(producer.sendIndex(stream, new IndexRecord.Announced()), "announcement");
    if (!index.await(number, remaining())) {
      throw new Failed("Kafka's index of streams cannot be read");
    }
    Optional<Place> known = index.find(stream, LogPosition.LATEST_KEYFRAME);
    Written fence = await(fence(number, known.map(Place::partition).orElse(null)), "fence");
    KafkaStreamWriter.Start start =
        known.isPresent()
            ? readUpTo(fence, known.get())
            : new KafkaStreamWriter.Start(new LogTailTracker(), new FormatsInForce(), 0);
    KafkaStreamWriter writer =
        new KafkaStreamWriter(
            stream,
            number,
            fence.partition(),
            start,
            producer,
            new KafkaStreamWriter.Limits(
                config.inFlightPerStream().bytes(),
                config.inFlight().bytes(),
                clients.maxValueBytes()),
            clients,
            ports.metrics(),
            clock,
            halted -> index.unwatch(stream, halted));
    index.watch(stream, writer);
    try {
      tell(new IndexRecord.Opened(number, fence.partition(), fence.offset()));
    } catch (Failed | InterruptedException | RuntimeException e) {
      index.unwatch(stream, writer);
      throw e;
    }
    if (!index.isLatest(stream, number)) {
      // Another began meanwhile, and may not have seen this one.
      writer.announced(Long.MAX_VALUE);
    } else if (highestBefore > number) { // so readers would leave out what this one writes
      index.unwatch(stream, writer);
      throw new Failed("somebody deleted Kafka's index of streams, and its numbers begin again");
    }
    return writer;
  }

  /// Tells the index that the writer began, and waits until this process has read that.
  private void tell(IndexRecord.Opened record) throws Failed, InterruptedException {
    long opened = await(producer.sendIndex(stream, record), "opening");
    if (!index.await(opened, remaining())) {
      throw new Failed("Kafka's index of streams cannot be read");
    }
  }

  private CompletableFuture<Written> fence(long number, @Nullable Integer partition) {
    CompletableFuture<Written> written = new CompletableFuture<>();
    producer.sendFrame(
        stream,
        partition,
        FrameRecord.fence(number),
        new FrameProducer.Delivery() {
          @Override
          public void delivered(int where, long offset) {
            written.complete(new Written(where, offset));
          }

          @Override
          public void refused(Exception failure) {
            written.completeExceptionally(failure);
          }
        });
    return written;
  }

  private KafkaStreamWriter.Start readUpTo(Written fence, Place from)
      throws Failed, InterruptedException {
    LogEnd end = new LogEnd();
    StreamCursor cursor = new StreamCursor(end, ports.metrics());
    if (from.isHead()) {
      cursor.seekHead();
    } else {
      cursor.beginAtOrigin();
    }
    try (Range range = consumers.open(from.partition(), from.offset())) {
      while (range.position() < fence.offset()) {
        if (remaining().isZero()) {
          throw new Failed("the log's end cannot be read in time");
        }
        for (Received received : range.poll(stream, fence.offset(), SLICE)) {
          cursor.accept(received.record());
        }
      }
    } catch (OffsetOutOfRangeException e) {
      throw new Failed("Kafka's retention took what the stream goes on from");
    }
    highestBefore = cursor.writer();
    if (!cursor.hasBegun()) {
      throw new Failed("the log's end cannot be found");
    }
    return new KafkaStreamWriter.Start(end.tail, end.formats, cursor.expected());
  }

  private <T> T await(CompletableFuture<T> sent, String what) throws Failed, InterruptedException {
    try {
      return sent.get(remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new Failed("Kafka does not take the writer's %s in time".formatted(what));
    } catch (ExecutionException e) {
      throw new Failed("Kafka refuses the writer's %s: %s".formatted(what, clients.explain(e)));
    }
  }

  private Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadline - clock.nanoTime()));
  }

  /// What is known of the log so far.
  private static final class LogEnd implements StreamCursor.Output {
    LogTailTracker tail = new LogTailTracker();
    FormatsInForce formats = new FormatsInForce();

    @Override
    public void begin(LogCheckpoint checkpoint) {
      tail = new LogTailTracker(checkpoint);
      formats = new FormatsInForce();
      checkpoint.inForce().forEach(formats::add);
    }

    @Override
    public void entry(LogEntry entry) {
      tail.add(entry);
      formats.add(entry);
    }
  }
}
