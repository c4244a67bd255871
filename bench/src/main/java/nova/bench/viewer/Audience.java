package nova.bench.viewer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.bench.http.HttpLoop;

/// Many viewers of one stream.
///
/// *Confined to its creator's thread.*
public final class Audience implements AutoCloseable {
  private final HttpLoop loop;
  private final List<Viewer> viewers = new ArrayList<>();
  private final ViewerTotals totals = new ViewerTotals();

  /// What the viewers saw.
  ///
  /// *Immutable.*
  ///
  /// @param playing viewers whose video and audio both play
  /// @param stalledViewers viewers that stalled at least once
  /// @param stalls buffers that ran dry, of all viewers
  /// @param worstStallSeconds the longest total of one rendition of one viewer
  /// @param leastBufferMs for each playing rendition, the least buffer left when media came,
  ///   ascending
  /// @param withdrawnHints hinted parts that never came to be
  /// @param failures requests that were refused or lost
  public record Seen(
      int playing,
      int stalledViewers,
      int stalls,
      double worstStallSeconds,
      List<Double> leastBufferMs,
      long responses,
      long mediaBytes,
      int withdrawnHints,
      int failures,
      List<String> firstFailures) {
    public Seen {
      leastBufferMs = List.copyOf(leastBufferMs);
      firstFailures = List.copyOf(firstFailures);
    }
  }

  private Audience(HttpLoop loop) {
    this.loop = loop;
  }

  /// Connects all viewers and lets them join one after another within `joinTime`.
  public static Audience join(
      int count, InetSocketAddress server, List<String> playlistPaths, Duration joinTime)
      throws IOException {
    Audience audience = new Audience(HttpLoop.start("viewers"));
    SharedPlaylists shared = new SharedPlaylists();
    for (int number = 0; number < count; number++) {
      audience.viewers.add(
          new Viewer(number, audience.loop, server, playlistPaths, shared, audience.totals));
    }
    audience.loop.execute(
        () -> {
          for (int number = 0; number < count; number++) {
            audience.loop.after(
                joinTime.multipliedBy(number).dividedBy(count),
                audience.viewers.get(number)::start);
          }
        });
    return audience;
  }

  /// What has been seen so far.
  public Seen seen() throws InterruptedException {
    CompletableFuture<Seen> answer = new CompletableFuture<>();
    loop.execute(() -> answer.complete(summary()));
    try {
      return answer.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the viewers' thread does not answer", e);
    }
  }

  private Seen summary() {
    List<PlaybackClock> playing =
        viewers.stream()
            .flatMap(viewer -> viewer.clocks().stream())
            .filter(PlaybackClock::playing)
            .toList();
    return new Seen(
        (int)
            viewers.stream()
                .filter(viewer -> viewer.clocks().stream().allMatch(PlaybackClock::playing))
                .count(),
        (int)
            viewers.stream()
                .filter(viewer -> viewer.clocks().stream().anyMatch(clock -> clock.stalls() > 0))
                .count(),
        playing.stream().mapToInt(PlaybackClock::stalls).sum(),
        playing.stream().mapToLong(PlaybackClock::stalledNanos).max().orElse(0) / 1e9,
        playing.stream().map(clock -> clock.leastBufferNanos() / 1e6).sorted().toList(),
        totals.responses(),
        totals.mediaBytes(),
        totals.withdrawnHints(),
        totals.failures(),
        totals.firstFailures());
  }

  /// Ends all viewers.
  @Override
  public void close() {
    loop.execute(() -> viewers.forEach(Viewer::stop));
    loop.close();
  }
}
