package nova.transcode;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// How much may be encoded at once, and who has how much of it. Streams that got nothing are told
/// when it is worth asking again, in the order in which they first asked.
///
/// *Thread-safe.*
final class TranscodeBudget {
  /// Why there is nothing to be had.
  ///
  /// @param reason stable kebab-case name
  /// @param sentence for the operator
  record Refusal(String reason, String sentence) {}

  private static final double MILLION = 1e6;

  private final long pixelsPerSecond;
  private final Map<StreamId, Long> taken = new HashMap<>();
  private final Map<StreamId, Runnable> waiting = new LinkedHashMap<>();
  private final Set<StreamId> overloaded = new HashSet<>();

  TranscodeBudget(long pixelsPerSecond) {
    this.pixelsPerSecond = pixelsPerSecond;
  }

  /// Takes a part for a stream, instead of what it has. The first stream of all always gets its
  /// part: it has the machine to itself, and does less when that is too little.
  ///
  /// @param freed told when there may be more, after a refusal; must be quick
  /// @return why not, or empty when it was taken
  synchronized Optional<Refusal> take(StreamId stream, long pixels, Runnable freed) {
    Long had = taken.remove(stream);
    Optional<Refusal> refusal = refusal(stream, pixels, had);
    if (refusal.isPresent()) {
      waiting.put(stream, freed);
      if (had != null) {
        tellFirst(); // what it had is free
      }
    } else {
      waiting.remove(stream);
      taken.put(stream, pixels);
      tellFirst(); // there may be enough for the next as well
    }
    return refusal;
  }

  private Optional<Refusal> refusal(StreamId stream, long pixels, @Nullable Long had) {
    boolean asksForMore = had == null || pixels > had;
    if (asksForMore && !overloaded.isEmpty()) {
      return Optional.of(
          new Refusal("overload", "encoding does not keep up with the streams it has"));
    }
    long sum = taken.values().stream().mapToLong(Long::longValue).sum();
    if (!taken.isEmpty() && sum + pixels > pixelsPerSecond) {
      return Optional.of(
          new Refusal(
              "budget",
              "%.0f megapixels per second of a budget of %.0f are taken, and it needs %.0f"
                  .formatted(sum / MILLION, pixelsPerSecond / MILLION, pixels / MILLION)));
    }
    boolean othersFirst =
        had == null && !waiting.isEmpty() && !waiting.keySet().iterator().next().equals(stream);
    return othersFirst
        ? Optional.of(new Refusal("budget", "other streams wait for their turn to be encoded"))
        : Optional.empty();
  }

  /// Gives back what a stream has, and its place among those that wait.
  synchronized void giveBack(StreamId stream) {
    taken.remove(stream);
    waiting.remove(stream);
    overloaded.remove(stream);
    tellFirst();
  }

  /// Says whether a stream that is encoded suffers although all was done that can be done; nothing
  /// more is given while one does.
  synchronized void overloaded(StreamId stream, boolean suffers) {
    if (suffers) {
      overloaded.add(stream);
    } else if (overloaded.remove(stream)) {
      tellFirst();
    }
  }

  /// Streams that have a part.
  synchronized int streams() {
    return taken.size();
  }

  private void tellFirst() {
    if (overloaded.isEmpty() && !waiting.isEmpty()) {
      waiting.values().iterator().next().run();
    }
  }
}
