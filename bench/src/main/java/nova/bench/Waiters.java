package nova.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import nova.bench.http.HttpConnection;
import nova.bench.http.HttpLoop;
import nova.bench.http.HttpResponse;
import nova.bench.viewer.ViewerAddresses;
import nova.core.RenditionId;

/// Connections that all ask for the next part at once: in turn the video playlist, the audio
/// playlist, the video part and the audio part.
///
/// *Confined to its creator's thread.*
final class Waiters {
  private static final int TIMEOUT_SECONDS = 10;

  private final List<HttpConnection> connections = new ArrayList<>();
  private final HttpLoop loop;
  private final BlockingQueue<Object> outcomes; // HttpResponse or IOException

  /// When the waiters of one part were served, all relative to the put.
  record Round(List<Long> firstByteNanos, long lastFirstByteNanos, long lastByteNanos) {
    Round {
      firstByteNanos = List.copyOf(firstByteNanos);
    }
  }

  private Waiters(HttpLoop loop, int count) {
    this.loop = loop;
    this.outcomes = new ArrayBlockingQueue<>(count);
  }

  static Waiters connect(int count, HttpLoop loop, InetSocketAddress server) throws IOException {
    Waiters waiters = new Waiters(loop, count);
    for (int i = 0; i < count; i++) {
      waiters.connections.add(loop.connect(ViewerAddresses.of(i / 4), server));
    }
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
    List<HttpResponse> responses = new ArrayList<>();
    while (responses.size() < connections.size()) {
      Object outcome = outcomes.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      switch (outcome) {
        case HttpResponse response -> responses.add(response);
        case IOException failure -> throw new IllegalStateException("a waiter failed", failure);
        case null, default ->
            throw new IllegalStateException(
                "%d of %d waiters had an answer within %d s"
                    .formatted(responses.size(), connections.size(), TIMEOUT_SECONDS));
      }
    }
    List<Long> firstBytes =
        responses.stream().map(response -> response.firstByteNanos() - putAtNanos).toList();
    LongStream lastBytes = responses.stream().mapToLong(HttpResponse::lastByteNanos);
    return new Round(
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
      outcomes.add(
          expected
              ? response
              : new IOException(
                  "%s: status %d with %d bytes"
                      .formatted(target.path(), response.status(), response.bodyLength())));
    }

    @Override
    public void onFailure(IOException reason) {
      outcomes.add(reason);
    }
  }
}
