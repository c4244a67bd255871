package nova.ingest.publish;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.core.Epoch;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackDescription;
import nova.framelog.StreamLogWriter;

/// The right to write a stream's log, held by one publisher at a time. What it reports reaches the
/// stream in order.
///
/// *Confined to its session's thread.*
public final class StreamGrant {
  private final StreamSteps steps;
  private final LiveStream stream;
  private final StreamLogWriter log;
  private final AtomicBoolean released = new AtomicBoolean();

  StreamGrant(StreamSteps steps, LiveStream stream, StreamLogWriter log) {
    this.steps = steps;
    this.stream = stream;
    this.log = log;
  }

  public StreamId id() {
    return stream.id();
  }

  StreamLogWriter log() {
    return log;
  }

  HealthMeter health() {
    return stream.health();
  }

  EpochAllowance epochs() {
    return stream.epochs();
  }

  void epochBegan(Epoch epoch, List<TrackDescription> tracks) {
    steps.report(() -> stream.epochBegan(epoch, tracks));
  }

  void measured(StreamHealth health) {
    steps.report(() -> stream.measured(health));
  }

  /// Gives the stream back; only the first call counts. The holder must not touch the log again.
  public void release(Release how) {
    if (released.compareAndSet(false, true)) {
      steps.report(() -> steps.released(stream, this, how));
    }
  }

  /// Why a grant was given back.
  ///
  /// *Immutable.*
  public sealed interface Release {
    /// One sentence.
    String reason();

    /// The broadcaster said goodbye, or an operator stopped the stream.
    record Finished(String reason) implements Release {}

    /// The connection is gone or fell silent.
    record Lost(String reason) implements Release {}

    /// Another server carries the stream now.
    record TakenElsewhere(String reason) implements Release {}

    /// This server is about to stop, and another one is to carry the stream on.
    record HandedOver(String reason) implements Release {}

    /// The server cannot carry the stream on, whoever sends it.
    record Failed(String reason) implements Release {}
  }
}
