package nova.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import nova.bench.http.HttpConnection;
import nova.bench.http.HttpLoop;
import nova.bench.http.HttpResponse;
import nova.bench.viewer.ViewerAddresses;
import nova.core.RenditionId;

/// Connections that all ask for the next part at once: a quarter each for the video playlist, the
/// video part, the audio playlist and the audio part.
///
/// *Confined to its creator's thread*; outcomes come on the loop's and are handed over together.
final class Waiters {
  private static final int TIMEOUT_SECONDS = 10;

  private final List<HttpConnection> connections = new ArrayList<>();
  private final HttpLoop loop;
  private final BlockingQueue<Outcome> outcomes = new ArrayBlockingQueue<>(2);
  private final List<HttpResponse> responses = new ArrayList<>(); // touched on the loop only

  /// What became of the requests for one part.
  private sealed interface Outcome {
    record AllAnswered(List<HttpResponse> responses) implements Outcome {}

    record Failed(IOException reason) implements Outcome {}
  }

  /// When the waiters of one part were served, all but the put itself relative to the put.
  record Round(
      long putAtNanos, List<Long> firstByteNanos, long lastFirstByteNanos, long lastByteNanos) {
    Round {
      firstByteNanos = List.copyOf(firstByteNanos);
    }
  }

  private Waiters(HttpLoop loop) {
    this.loop = loop;
  }

  static Waiters connect(int count, HttpLoop loop, InetSocketAddress server) throws IOException {
    Waiters waiters = new Waiters(loop);
    for (int i = 0; i < count; i++) {
      waiters.connections.add(loop.connect(ViewerAddresses.of(i / 4), server));
    }
    // The server deals connections to its event loops in turn: in the order of connecting, every
    // quarter would be on a loop of its own.
    Collections.shuffle(waiters.connections, new Random(count));
    return waiters;
  }

  /// Sends a request for the part that `stream` has not put yet on every connection.
  void request(SyntheticStream stream) {
    List<Target> targets = new ArrayList<>();
    for (RenditionId rendition : List.of(SyntheticStream.VIDEO, SyntheticStream.AUDIO)) {
      targets.add(
          new Target(
              "/hls/%s/%s/index.m3u8?_HLS_msn=%d&_HLS_part=%d"
                  .formatted(stream.id(), rendition, stream.nextSegment(), stream.nextPart()),
              -1));
      targets.add(
          new Target(
              "/media/%s/%s/0/%d.%d.m4s"
                  .formatted(stream.id(), rendition, stream.nextSegment(), stream.nextPart()),
              stream.partBytes(rendition)));
    }
    loop.execute(
        () -> {
          for (int i = 0; i < connections.size(); i++) {
            Target target = targets.get(i % targets.size());
            connections.get(i).get(target.path(), false, new Told(target));
          }
        });
  }

  /// Waits for all answers to [#request].
  Round awaitAll(long putAtNanos) throws InterruptedException {
    List<HttpResponse> answers =
        switch (outcomes.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
          case Outcome.AllAnswered all -> all.responses();
          case Outcome.Failed failed ->
              throw new IllegalStateException("a waiter failed", failed.reason());
          case null ->
              throw new IllegalStateException(
                  "not all of %d waiters had an answer within %d s"
                      .formatted(connections.size(), TIMEOUT_SECONDS));
        };
    List<Long> firstBytes =
        answers.stream().map(response -> response.firstByteNanos() - putAtNanos).toList();
    LongStream lastBytes = answers.stream().mapToLong(HttpResponse::lastByteNanos);
    return new Round(
        putAtNanos,
        firstBytes,
        firstBytes.stream().mapToLong(Long::longValue).max().orElseThrow(),
        lastBytes.max().orElseThrow() - putAtNanos);
  }

  /// @param expectedBytes length of the body, -1 when it is not known
  private record Target(String path, int expectedBytes) {}

  /// Passes the outcome of one request on.
  private final class Told implements HttpConnection.Outcome {
    private final Target target;

    Told(Target target) {
      this.target = target;
    }

    @Override
    public void onResponse(HttpResponse response) {
      boolean expected =
          response.status() == 200
              && (target.expectedBytes() < 0 || target.expectedBytes() == response.bodyLength());
      if (!expected) {
        onFailure(
            new IOException(
                "%s: status %d with %d bytes"
                    .formatted(target.path(), response.status(), response.bodyLength())));
        return;
      }
      responses.add(response);
      if (responses.size() == connections.size()) {
        // At once, because waking the other thread for each would take CPU from the server.
        outcomes.add(new Outcome.AllAnswered(List.copyOf(responses)));
        responses.clear();
      }
    }

    @Override
    public void onFailure(IOException reason) {
      boolean _ = outcomes.offer(new Outcome.Failed(reason)); // the first is told
    }
  }
}
