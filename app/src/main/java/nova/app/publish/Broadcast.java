package nova.app.publish;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagReader;

/// Sends an FLV file at the speed at which it plays, once or round after round, or a live stream as
/// it comes. Timestamps go on from round to round as if the file were endless, and decoder
/// configurations are sent again only when they differ.
///
/// *Confined to the thread that runs it.*
public final class Broadcast {
  private static final int MAX_TAG_BYTES = 16 << 20;
  private static final int READ_BYTES = 1 << 16;

  private final FlvSource source;
  private final boolean loop;
  private final boolean live;
  private final Duration atMost;
  private final NanoClock clock;
  private final Map<Class<?>, Bytes> headersSent = new HashMap<>();
  private long roundStartMs;
  private long lastMs; // of the round, with the bits that 32 do not hold
  private long startNs;

  /// Where the tags go.
  @FunctionalInterface
  public interface Sink {
    void send(FlvTag tag) throws IOException;
  }

  /// A broadcast of `source`.
  ///
  /// @param atMost when it ends even if the file or the loop would go on
  public Broadcast(FlvSource source, boolean loop, Duration atMost, NanoClock clock) {
    this(source, loop, false, atMost, clock);
  }

  private Broadcast(
      FlvSource source, boolean loop, boolean live, Duration atMost, NanoClock clock) {
    this.source = source;
    this.loop = loop;
    this.live = live;
    this.atMost = atMost;
    this.clock = clock;
  }

  /// A broadcast of a source that keeps time itself: nothing is held back.
  public static Broadcast live(FlvSource source, Duration atMost, NanoClock clock) {
    return new Broadcast(source, false, true, atMost, clock);
  }

  /// Sends until the file is over, the time is up or the thread is interrupted.
  ///
  /// @throws IOException when the file cannot be read or the sink refuses
  public void run(Sink sink) throws IOException, InterruptedException {
    startNs = clock.nanoTime();
    boolean goesOn = true;
    while (goesOn) {
      goesOn = round(sink) && loop;
    }
  }

  /// Whether the round reached the end of the file, rather than the end of the time.
  private boolean round(Sink sink) throws IOException, InterruptedException {
    FlvTagReader reader = new FlvTagReader(MAX_TAG_BYTES);
    ArrayDeque<FlvTag> tags = new ArrayDeque<>();
    Map<Class<?>, TrackClock> tracks = new HashMap<>();
    byte[] buffer = new byte[READ_BYTES];
    lastMs = -1;
    try (InputStream in = source.open()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        reader.read(ByteBuffer.wrap(buffer, 0, count), tags::add);
        for (FlvTag tag = tags.poll(); tag != null; tag = tags.poll()) {
          if (!send(tag, tracks, sink)) {
            return false;
          }
        }
      }
    }
    if (!reader.isBetweenTags()) {
      throw new EOFException("the file ends in the middle of a tag");
    }
    long roundMs = tracks.values().stream().mapToLong(TrackClock::endMs).max().orElse(0);
    if (loop && roundMs == 0) {
      throw new EOFException("the file has no frames to repeat");
    }
    roundStartMs += roundMs;
    return true;
  }

  private boolean send(FlvTag tag, Map<Class<?>, TrackClock> tracks, Sink sink)
      throws IOException, InterruptedException {
    if (FlvTags.isEnd(tag)) {
      return true;
    }
    long tagMs = unwrapped(tag.timestampMs());
    if (FlvTags.isHeader(tag)) {
      if (tag.payload().equals(headersSent.put(tag.getClass(), tag.payload()))) {
        return true;
      }
    } else {
      tracks.computeIfAbsent(tag.getClass(), _ -> new TrackClock()).frame(tagMs);
    }
    long timestampMs = roundStartMs + tagMs;
    if (timestampMs >= atMost.toMillis()) {
      return false;
    }
    if (!live) {
      waitUntil(timestampMs);
    }
    sink.send(FlvTags.at(tag, timestampMs & 0xffff_ffffL)); // 32 bits wrap after 49 days
    return true;
  }

  /// A timestamp of 32 bits, which begins anew after 49 days, as one that does not: the one nearest
  /// to the last.
  private long unwrapped(long timestampMs) {
    lastMs = lastMs < 0 ? timestampMs : lastMs + (int) (timestampMs - lastMs);
    return lastMs;
  }

  private void waitUntil(long timestampMs) throws InterruptedException {
    long aheadNs = startNs + TimeUnit.MILLISECONDS.toNanos(timestampMs) - clock.nanoTime();
    if (aheadNs > 0) {
      TimeUnit.NANOSECONDS.sleep(aheadNs);
    }
  }
}
