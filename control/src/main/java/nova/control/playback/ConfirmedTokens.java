package nova.control.playback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import nova.control.database.DatabaseAwayException;
import nova.control.secret.Secrets;
import nova.control.token.Token;
import nova.core.Bytes;
import nova.core.NanoClock;
import org.jspecify.annotations.Nullable;

/// Tokens that the database confirmed a moment ago, by the hashes of their secrets.
///
/// | since it was confirmed | a token is |
/// |---|---|
/// | up to 5 s | believed |
/// | up to 10 s | believed, and the database is asked meanwhile |
/// | longer | asked for; believed again if the database is away |
///
/// So whoever watches all the time never waits. What is unknown is asked for once, however many
/// want to know, and what is no token is remembered for 10 s. An address that made up too many has
/// no more unknown ones looked up for a while; those that are known are believed all the same. A
/// database that does not answer within 5 s is away.
///
/// *Thread-safe.*
final class ConfirmedTokens {
  private static final long ASK_AFTER_NS = Duration.ofSeconds(5).toNanos();
  private static final Duration BELIEVED = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration KEPT_UNUSED = Duration.ofHours(1);
  private static final long MOST_KNOWN = 100_000; // some 500 B each
  private static final long MOST_REFUSED = 10_000;

  /// Unknown secrets that are asked for at once: who sends made-up ones shall not have all of the
  /// database's connections.
  static final int MOST_ASKED = 64;

  private final Function<String, Optional<Token>> database;
  private final WrongTokens wrong;
  private final NanoClock clock;
  private final Executor blocking;
  private final Duration patience;
  private final Cache<Bytes, Confirmed> known;
  private final Cache<Bytes, Boolean> refused;
  private final ConcurrentMap<Bytes, CompletableFuture<Optional<Token>>> asked =
      new ConcurrentHashMap<>();
  private final AtomicInteger unknown = new AtomicInteger(); // of those that are asked for
  private long revocations; // guarded by this

  private record Confirmed(Token token, long atNs) {}

  /// @param database finds the token of a secret; waits, and throws when it is away
  ConfirmedTokens(
      Function<String, Optional<Token>> database,
      WrongTokens wrong,
      NanoClock clock,
      Executor blocking) {
    this(database, wrong, clock, blocking, PATIENCE);
  }

  /// @param patience how long the database may take to answer
  ConfirmedTokens(
      Function<String, Optional<Token>> database,
      WrongTokens wrong,
      NanoClock clock,
      Executor blocking,
      Duration patience) {
    this.database = database;
    this.wrong = wrong;
    this.clock = clock;
    this.blocking = blocking;
    this.patience = patience;
    Ticker ticker = clock::nanoTime;
    this.known =
        Caffeine.newBuilder()
            .expireAfterAccess(KEPT_UNUSED)
            .maximumSize(MOST_KNOWN)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
    this.refused =
        Caffeine.newBuilder()
            .expireAfterWrite(BELIEVED)
            .maximumSize(MOST_REFUSED)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /// The token of a secret as it was when it was last confirmed, also when it was over.
  ///
  /// @param address that showed it
  /// @return fails with [TooManyWrongTokensException] or [TooManyLookupsException] when it is
  ///   unknown and cannot be looked up now
  CompletionStage<Optional<Token>> find(String secret, String address) {
    Bytes sha256 = Secrets.sha256(secret);
    Confirmed confirmed = known.getIfPresent(sha256);
    if (confirmed == null) {
      return refused.getIfPresent(sha256) != null
          ? CompletableFuture.completedStage(Optional.empty())
          : askUnknown(sha256, secret, address);
    }
    long ageNs = clock.nanoTime() - confirmed.atNs();
    if (ageNs < ASK_AFTER_NS) {
      return CompletableFuture.completedStage(Optional.of(confirmed.token()));
    }
    CompletableFuture<Optional<Token>> answer = ask(sha256, secret, address);
    return ageNs < BELIEVED.toNanos()
        ? CompletableFuture.completedStage(Optional.of(confirmed.token()))
        : answer.exceptionally(failure -> believedAgain(sha256, failure));
  }

  /// Tokens were taken back: no later [#find] answers them.
  synchronized void forget(Predicate<Token> takenBack) {
    revocations++;
    known.asMap().values().removeIf(confirmed -> takenBack.test(confirmed.token()));
    asked.clear(); // their answers may be of before; who asks from now on asks again
  }

  private CompletionStage<Optional<Token>> askUnknown(Bytes sha256, String secret, String address) {
    Duration wait = wrong.wait(address);
    if (!wait.isZero()) {
      return CompletableFuture.failedStage(new TooManyWrongTokensException(wait));
    }
    CompletableFuture<Optional<Token>> running = asked.get(sha256);
    if (running != null) {
      return running;
    }
    if (unknown.incrementAndGet() > MOST_ASKED) {
      int _ = unknown.decrementAndGet();
      return CompletableFuture.failedStage(new TooManyLookupsException(MOST_ASKED));
    }
    CompletableFuture<Optional<Token>> answer = ask(sha256, secret, address);
    var _ = answer.whenComplete((_, _) -> unknown.decrementAndGet());
    return answer;
  }

  private CompletableFuture<Optional<Token>> ask(Bytes sha256, String secret, String address) {
    CompletableFuture<Optional<Token>> answer = new CompletableFuture<>();
    CompletableFuture<Optional<Token>> running = asked.putIfAbsent(sha256, answer);
    if (running != null) {
      return running;
    }
    failWhenLate(sha256, answer);
    try {
      blocking.execute(() -> load(sha256, secret, address, answer));
    } catch (RejectedExecutionException e) {
      fail(sha256, answer, e);
    }
    return answer;
  }

  private void failWhenLate(Bytes sha256, CompletableFuture<Optional<Token>> answer) {
    CompletableFuture<Boolean> late =
        new CompletableFuture<Boolean>()
            .completeOnTimeout(true, patience.toNanos(), TimeUnit.NANOSECONDS);
    var _ =
        late.thenAccept(
            _ ->
                fail(
                    sha256,
                    answer,
                    new DatabaseAwayException(
                        "the database does not answer within %s".formatted(patience))));
    var _ = answer.whenComplete((_, _) -> late.cancel(false));
  }

  private void load(
      Bytes sha256, String secret, String address, CompletableFuture<Optional<Token>> answer) {
    long before = revocations();
    try {
      Optional<Token> found = database.apply(secret);
      if (found.isEmpty()) {
        wrong.add(address);
      }
      if (answer.isDone()) {
        return; // too late: others may have asked since
      }
      keep(sha256, found, before);
      asked.remove(sha256, answer);
      boolean _ = answer.complete(found);
    } catch (Throwable e) {
      fail(sha256, answer, e);
    }
  }

  private void fail(Bytes sha256, CompletableFuture<Optional<Token>> answer, Throwable why) {
    if (why instanceof DatabaseAwayException && !answer.isDone()) {
      Confirmed _ =
          known
              .asMap()
              .computeIfPresent(sha256, (_, old) -> new Confirmed(old.token(), clock.nanoTime()));
    }
    asked.remove(sha256, answer);
    boolean _ = answer.completeExceptionally(why);
  }

  private synchronized long revocations() {
    return revocations;
  }

  /// Keeps an answer, unless a token was taken back while it came.
  private synchronized void keep(Bytes sha256, Optional<Token> found, long before) {
    if (before != revocations) {
      return;
    }
    if (found.isPresent()) {
      known.put(sha256, new Confirmed(found.get(), clock.nanoTime()));
    } else {
      known.invalidate(sha256);
      refused.put(sha256, true);
    }
  }

  private Optional<Token> believedAgain(Bytes sha256, Throwable failure) {
    @Nullable Confirmed confirmed = known.getIfPresent(sha256);
    if (failure instanceof DatabaseAwayException away) {
      if (confirmed == null) {
        throw away;
      }
      return Optional.of(confirmed.token());
    }
    throw new IllegalStateException("a token could not be looked up", failure);
  }
}
