package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class CachedMediaTest extends MediaSourceContract {
  private static final SegmentKey KEY = key(new Epoch(0), 3);

  private final FakeClock clock = new FakeClock();
  private final Slow slow = new Slow();
  private final CachedMedia cached = new CachedMedia(slow, DataSize.ofMiB(1), clock::nanoTime);

  /// Answers when it is told to.
  private static final class Slow implements MediaSource {
    final List<CompletableFuture<Optional<Bytes>>> bytes = new ArrayList<>();
    final List<CompletableFuture<Optional<List<Bytes>>>> segments = new ArrayList<>();
    final List<CompletableFuture<Optional<Poster>>> posters = new ArrayList<>();
    boolean isAway; // parts fail at once

    @Override
    public CompletionStage<Optional<Bytes>> init(
        StreamId stream, RenditionId rendition, Epoch epoch) {
      return asked(bytes);
    }

    @Override
    public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
      CompletionStage<Optional<Bytes>> answer = asked(bytes);
      if (isAway) {
        bytes
            .getLast()
            .completeExceptionally(
                new StoreUnavailableException("away", new IllegalStateException("away")));
      }
      return answer;
    }

    @Override
    public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
      return asked(segments);
    }

    @Override
    public CompletionStage<Optional<Poster>> poster(StreamId stream) {
      return asked(posters);
    }

    private static <T> CompletionStage<T> asked(List<CompletableFuture<T>> questions) {
      questions.add(new CompletableFuture<>());
      return questions.getLast();
    }
  }

  @Override
  protected Published newPublished() {
    Published stored = new StoredMediaTest().newPublished();
    return new Published() {
      @Override
      public void init(RenditionId rendition, Epoch epoch, Bytes init) {
        stored.init(rendition, epoch, init);
      }

      @Override
      public void segment(SegmentKey key, List<Bytes> parts) {
        stored.segment(key, parts);
      }

      @Override
      public void poster(Poster poster) {
        stored.poster(poster);
      }

      @Override
      public MediaSource source() {
        return new CachedMedia(stored.source(), DataSize.ofMiB(1), clock::nanoTime);
      }
    };
  }

  @Test
  void whoAsksMeanwhileAndAfterwards_isAnsweredByOneQuestion() {
    CompletionStage<Optional<Bytes>> first = cached.part(KEY, 0);
    CompletionStage<Optional<Bytes>> second = cached.part(KEY, 0);
    assertThat(first.toCompletableFuture()).isNotDone();
    slow.bytes.getFirst().complete(Optional.of(Bytes.ofUtf8("a")));

    assertThat(get(first)).contains(Bytes.ofUtf8("a"));
    assertThat(get(second)).contains(Bytes.ofUtf8("a"));
    assertThat(cached.part(KEY, 0).toCompletableFuture()).isDone();
    assertThat(slow.bytes).hasSize(1);
    assertThat(cached.hits()).isEqualTo(2);
    assertThat(cached.misses()).isEqualTo(1);
  }

  @Test
  void names_areNotMixedUp() {
    CompletionStage<Optional<Bytes>> part = cached.part(KEY, 0);
    CompletionStage<Optional<Bytes>> next = cached.part(KEY, 1);
    CompletionStage<Optional<Bytes>> init = cached.init(STREAM, SOURCE, new Epoch(0));
    CompletionStage<Optional<List<Bytes>>> segment = cached.segment(KEY);
    slow.bytes.get(0).complete(Optional.of(Bytes.ofUtf8("0")));
    slow.bytes.get(1).complete(Optional.of(Bytes.ofUtf8("1")));
    slow.bytes.get(2).complete(Optional.of(Bytes.ofUtf8("i")));
    slow.segments.getFirst().complete(Optional.of(List.of(Bytes.ofUtf8("0"), Bytes.ofUtf8("1"))));

    assertThat(get(part)).contains(Bytes.ofUtf8("0"));
    assertThat(get(next)).contains(Bytes.ofUtf8("1"));
    assertThat(get(init)).contains(Bytes.ofUtf8("i"));
    assertThat(get(segment)).contains(List.of(Bytes.ofUtf8("0"), Bytes.ofUtf8("1")));
  }

  @Test
  void whatIsNotThere_isAskedForAgain_afterASecond() {
    CompletionStage<Optional<List<Bytes>>> before = cached.segment(KEY);
    slow.segments.getFirst().complete(Optional.empty());
    assertThat(get(before)).isEmpty();
    clock.advance(Duration.ofMillis(990));
    assertThat(get(cached.segment(KEY))).isEmpty();
    assertThat(slow.segments).hasSize(1);

    clock.advance(Duration.ofMillis(20));
    CompletionStage<Optional<List<Bytes>>> after = cached.segment(KEY);
    slow.segments.getLast().complete(Optional.of(List.of(Bytes.EMPTY)));

    assertThat(get(after)).contains(List.of(Bytes.EMPTY));
    clock.advance(Duration.ofHours(1));
    assertThat(get(cached.segment(KEY))).as("what is there is kept").isPresent();
    assertThat(slow.segments).hasSize(2);
  }

  @Test
  void readsThatAreUnderWay_areBounded() {
    CachedMedia few = new CachedMedia(slow, DataSize.ofMiB(1), 2, clock::nanoTime);
    CompletionStage<Optional<Bytes>> first = few.part(KEY, 0);
    CompletionStage<Optional<Bytes>> second = few.part(KEY, 1);

    assertThatThrownBy(() -> get(few.part(KEY, 2)))
        .rootCause()
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(slow.bytes).hasSize(2);
    slow.bytes.getFirst().complete(Optional.of(Bytes.EMPTY));
    slow.bytes.getLast().completeExceptionally(new StoreUnavailableException("away"));

    assertThat(get(first)).isPresent();
    assertThat(second.toCompletableFuture()).isCompletedExceptionally();
    assertThat(few.part(KEY, 2).toCompletableFuture()).isNotDone();
    assertThat(few.part(KEY, 3).toCompletableFuture()).isNotDone();
    assertThat(slow.bytes).hasSize(4);
  }

  @Test
  void failure_isToldToAllWhoWait_andNotKept() {
    CompletionStage<Optional<Bytes>> first = cached.part(KEY, 0);
    CompletionStage<Optional<Bytes>> second = cached.part(KEY, 0);
    slow.bytes
        .getFirst()
        .completeExceptionally(
            new StoreUnavailableException("away", new IllegalStateException("away")));

    for (CompletionStage<Optional<Bytes>> stage : List.of(first, second)) {
      assertThatThrownBy(() -> get(stage))
          .rootCause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("away");
    }
    assertThat(cached.part(KEY, 0).toCompletableFuture()).isNotDone();
    assertThat(slow.bytes).hasSize(2);
  }

  @Test
  void failures_areNotLogged_howeverManyThereAre() {
    List<LogRecord> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            logged.add(line);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger caffeine = Logger.getLogger("com.github.benmanes.caffeine");
    caffeine.addHandler(handler);
    try {
      for (int i = 0; i < 3; i++) {
        CompletionStage<Optional<Bytes>> part = cached.part(KEY, 0);
        slow.bytes.getLast().completeExceptionally(new IllegalStateException("away"));
        assertThat(part.toCompletableFuture()).isCompletedExceptionally();
      }
    } finally {
      caffeine.removeHandler(handler);
    }
    assertThat(slow.bytes).hasSize(3);
    assertThat(logged).isEmpty();
  }

  @Test
  void failureAtOnce_isNotKept() {
    slow.isAway = true;
    assertThat(cached.part(KEY, 0).toCompletableFuture()).isCompletedExceptionally();

    slow.isAway = false;
    CompletionStage<Optional<Bytes>> part = cached.part(KEY, 0);
    slow.bytes.getLast().complete(Optional.of(Bytes.EMPTY));
    assertThat(get(part)).contains(Bytes.EMPTY);
  }

  @Test
  void memory_isBounded() {
    for (int part = 0; part < 100; part++) {
      CompletionStage<Optional<Bytes>> stage = cached.part(KEY, part);
      slow.bytes.getLast().complete(Optional.of(Bytes.wrap(new byte[100_000])));
      assertThat(get(stage)).isPresent();
    }

    assertThat(cached.sizeBytes()).isBetween(500_000L, 1L << 20);
  }

  @Test
  void poster_isReadAgainAfterASecond() {
    Instant noon = Instant.parse("2026-11-01T12:00:00Z");
    CompletionStage<Optional<Poster>> first = cached.poster(STREAM);
    slow.posters.getFirst().complete(Optional.of(new Poster(Bytes.ofUtf8("1"), noon)));
    assertThat(get(first)).isPresent();
    assertThat(get(cached.poster(STREAM))).isEqualTo(get(first));

    clock.advance(Duration.ofMillis(1_001));
    CompletionStage<Optional<Poster>> later = cached.poster(STREAM);
    slow.posters.getLast().complete(Optional.of(new Poster(Bytes.ofUtf8("2"), noon)));

    assertThat(get(later).orElseThrow().jpeg()).isEqualTo(Bytes.ofUtf8("2"));
    assertThat(slow.posters).hasSize(2);
  }
}
