package nova.worker.file;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.media.flv.FlvTag;
import nova.media.flv.LegacyTags;
import nova.worker.CodecException;
import nova.worker.flv.FlvOutput;
import nova.worker.flv.FlvProgram;
import org.jspecify.annotations.Nullable;

/// The program that turns an MP4 file into FLV on stdout, once or round after round with times that
/// go on.
///
/// *Confined to the main thread.*
public final class Remux {
  private static final String LOOP = "loop";
  private static final String ONCE = "once";

  private final String file;
  private final FlvOutput out;
  private final FlvTimeline timeline = new FlvTimeline();

  private Remux(String file, FlvOutput out) {
    this.file = file;
    this.out = out;
  }

  /// Runs to the end of the file, or until nobody reads any more.
  ///
  /// @param arguments `once` or `loop`, and the file
  public static void main(String[] arguments) {
    FlvProgram.run(
        out -> {
          if (arguments.length != 2 || !List.of(LOOP, ONCE).contains(arguments[0])) {
            throw new IllegalArgumentException(
                "arguments %s (expected: once or loop, and a file)".formatted(List.of(arguments)));
          }
          new Remux(arguments[1], out).run(arguments[0].equals(LOOP));
        });
  }

  private void run(boolean loop) throws IOException {
    boolean first = true;
    long endMs;
    do {
      endMs = timeline.endMs();
      try (SourceFile source = new SourceFile(file)) {
        if (first) {
          begin(source);
          first = false;
        }
        round(source);
      }
      timeline.startOver();
    } while (loop && timeline.endMs() > endMs);
    if (loop) {
      throw new CodecException("%s has no frames to repeat".formatted(file));
    }
  }

  private void begin(SourceFile source) throws IOException {
    Map<String, Double> metadata = new LinkedHashMap<>();
    boolean video = source.tracks().contains(TrackKind.VIDEO);
    if (video) {
      metadata.put("width", (double) source.width());
      metadata.put("height", (double) source.height());
    }
    out.begin(video, source.tracks().contains(TrackKind.AUDIO), metadata);
  }

  private void round(SourceFile source) throws IOException {
    for (TrackKind kind : TrackKind.values()) {
      if (source.tracks().contains(kind)) {
        out.write(configuration(kind, timeline.endMs(), source.configuration(kind)));
      }
    }
    Interleaver order = new Interleaver(source.tracks());
    for (FilePacket read = source.next(); read != null; read = source.next()) {
      order.add(read);
      write(order, false);
    }
    write(order, true);
  }

  private void write(Interleaver order, boolean ended) throws IOException {
    for (@Nullable FilePacket next = order.next(ended); next != null; next = order.next(ended)) {
      write(next);
    }
  }

  private void write(FilePacket packet) throws IOException {
    long dtsMs = timeline.dtsMs(packet);
    if (!packet.newConfiguration().isEmpty()) {
      out.write(configuration(packet.kind(), dtsMs, packet.newConfiguration()));
    }
    out.write(
        switch (packet.kind()) {
          case VIDEO ->
              LegacyTags.avcFrame(
                  dtsMs,
                  Math.toIntExact(timeline.ptsMs(packet) - dtsMs),
                  packet.keyframe(),
                  packet.payload());
          case AUDIO -> LegacyTags.aacFrame(dtsMs, packet.payload());
        });
  }

  private static FlvTag configuration(TrackKind kind, long timestampMs, Bytes configuration) {
    return switch (kind) {
      case VIDEO -> LegacyTags.avcConfiguration(timestampMs, configuration);
      case AUDIO -> LegacyTags.aacConfiguration(timestampMs, configuration);
    };
  }
}
