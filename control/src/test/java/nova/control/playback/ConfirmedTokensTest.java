package nova.control.playback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import nova.control.database.DatabaseAwayException;
import nova.control.token.Scope;
import nova.control.token.Token;
import nova.control.token.TokenId;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class ConfirmedTokensTest {
  private static final String ADDRESS = "192.0.2.7";

  private final FakeClock clock = new FakeClock();
  private final Map<String, Token> database = new HashMap<>();
  private final List<String> queries = new ArrayList<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean away;
  private Runnable whileAnswering = () -> {};
  private final ConfirmedTokens tokens =
      new ConfirmedTokens(
          this::query, new WrongTokens(20, clock::nanoTime), clock::nanoTime, waiting::add);
  private final Token token = token("secret");

  @Test
  void token_isAskedForOnce_thenBelievedForAWhile() {
    CompletableFuture<Optional<Token>> first = find("secret");
    CompletableFuture<Optional<Token>> second = find("secret");
    assertThat(first).isNotDone();
    run();

    assertThat(first).isCompletedWithValue(Optional.of(token));
    assertThat(second).isCompletedWithValue(Optional.of(token));
    pass(4.9);
    assertThat(find("secret")).isCompletedWithValue(Optional.of(token));
    run();
    assertThat(queries).containsExactly("secret");
  }

  @Test
  void tokenInUse_isConfirmedMeanwhile_andNobodyWaits() {
    known("secret");
    for (int i = 0; i < 20; i++) {
      pass(1);
      assertThat(find("secret")).isCompletedWithValue(Optional.of(token));
      run();
    }
    assertThat(queries).hasSize(1 + 4);
  }

  @Test
  void tokenTakenBackElsewhere_isRefusedAfterTenSeconds() {
    known("secret");
    database.clear();
    pass(9.9);
    assertThat(find("secret")).isCompletedWithValue(Optional.of(token));
    run(); // it was asked for, and is known to be gone
    assertThat(find("secret")).isCompletedWithValue(Optional.empty());
  }

  @Test
  void tokenThatNobodyUsedForLong_isAskedForBeforeItIsBelieved() {
    known("secret");
    database.clear();
    pass(10);
    CompletableFuture<Optional<Token>> answer = find("secret");
    assertThat(answer).isNotDone();
    run();
    assertThat(answer).isCompletedWithValue(Optional.empty());
  }

  @Test
  void secretThatOpensNothing_isRememberedForTenSeconds() {
    known("nothing");
    pass(9.9);
    assertThat(find("nothing")).isCompletedWithValue(Optional.empty());
    assertThat(waiting).isEmpty();
    pass(0.2);
    assertThat(find("nothing")).isNotDone();
  }

  @Test
  void tokenTakenBackHere_isUnknownAtOnce() {
    known("secret");
    database.clear();
    tokens.forget(token::equals);
    CompletableFuture<Optional<Token>> answer = find("secret");
    assertThat(answer).isNotDone();
    run();
    assertThat(answer).isCompletedWithValue(Optional.empty());
  }

  @Test
  void tokenTakenBackWhileItIsLookedUp_isNotKept() {
    List<CompletableFuture<Optional<Token>>> after = new ArrayList<>();
    whileAnswering =
        () -> {
          whileAnswering = () -> {};
          database.clear();
          tokens.forget(token::equals);
          after.add(find("secret"));
        };
    CompletableFuture<Optional<Token>> before = find("secret");
    run();
    after.add(find("secret"));

    assertThat(before).isCompletedWithValue(Optional.of(token));
    assertThat(after).hasSize(2).allMatch(answer -> answer.join().isEmpty());
  }

  @Test
  void databaseAway_letsKnownTokensGoOn_forAsLongAsItTakes() {
    known("secret");
    away = true;
    for (int i = 0; i < 100; i++) {
      pass(3);
      CompletableFuture<Optional<Token>> answer = find("secret");
      run();
      assertThat(answer).isCompletedWithValue(Optional.of(token));
    }
    pass(60);
    CompletableFuture<Optional<Token>> afterAPause = find("secret");
    assertThat(afterAPause).isNotDone();
    run();
    assertThat(afterAPause).isCompletedWithValue(Optional.of(token));

    away = false;
    database.clear();
    pass(10);
    CompletableFuture<Optional<Token>> back = find("secret");
    run();
    assertThat(back).isCompletedWithValue(Optional.empty());
  }

  @Test
  void databaseAway_failsForTokensThatAreNotKnown_andForThoseTakenBack() {
    known("secret");
    away = true;
    pass(20);
    CompletableFuture<Optional<Token>> waited = find("secret");
    tokens.forget(token::equals);
    CompletableFuture<Optional<Token>> other = find("other");
    run();
    for (CompletableFuture<Optional<Token>> answer : List.of(waited, other)) {
      assertThat(answer)
          .isCompletedExceptionally()
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(DatabaseAwayException.class);
    }
  }

  @Test
  void databaseThatDoesNotAnswer_isAway_andAskedAgain() {
    ConfirmedTokens impatient =
        new ConfirmedTokens(
            this::query,
            new WrongTokens(20, clock::nanoTime),
            clock::nanoTime,
            waiting::add,
            Duration.ofMillis(1));
    CompletableFuture<Optional<Token>> swallowed =
        impatient.find("secret", ADDRESS).toCompletableFuture();
    assertThat(swallowed)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withCauseInstanceOf(DatabaseAwayException.class);
    CompletableFuture<Optional<Token>> next =
        impatient.find("secret", ADDRESS).toCompletableFuture();
    assertThat(next).isNotSameAs(swallowed);
    assertThat(waiting).hasSize(2);
  }

  @Test
  void lookUpThatBreaks_fails_andIsDoneAgain() {
    whileAnswering =
        () -> {
          throw new StackOverflowError();
        };
    CompletableFuture<Optional<Token>> broken = find("secret");
    assertThatCode(this::run).doesNotThrowAnyException();
    assertThat(broken).isCompletedExceptionally();
    whileAnswering = () -> {};
    CompletableFuture<Optional<Token>> next = find("secret");
    run();
    assertThat(next).isCompletedWithValue(Optional.of(token));
  }

  @Test
  void noThreadToLookUpWith_fails_andIsTriedAgain() {
    List<Executor> executors = new ArrayList<>();
    executors.add(
        _ -> {
          throw new RejectedExecutionException("no");
        });
    ConfirmedTokens rejected =
        new ConfirmedTokens(
            this::query,
            new WrongTokens(20, clock::nanoTime),
            clock::nanoTime,
            work -> executors.getFirst().execute(work));
    assertThat(rejected.find("secret", ADDRESS).toCompletableFuture()).isCompletedExceptionally();
    executors.set(0, Runnable::run);
    assertThat(rejected.find("secret", ADDRESS).toCompletableFuture())
        .isCompletedWithValue(Optional.of(token));
  }

  @Test
  void madeUpSecrets_areNotAllLookedUp() {
    known("secret");
    pass(6);
    for (int i = 0; i < ConfirmedTokens.MOST_ASKED; i++) {
      assertThat(find("made-up-" + i)).isNotDone();
    }
    assertThat(find("one-more"))
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(TooManyLookupsException.class);
    assertThat(find("made-up-0")).isNotDone();
    assertThat(find("secret")).isCompletedWithValue(Optional.of(token));
    run();
    assertThat(queries).hasSize(1 + ConfirmedTokens.MOST_ASKED + 1);
    assertThat(find("one-more"))
        .as("all of them were wrong")
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(TooManyWrongTokensException.class);
    assertThat(tokens.find("one-more", "192.0.2.8").toCompletableFuture()).isNotDone();
  }

  @Test
  void wrongTokens_comeBackEvenly_andAreCountedByNetwork() {
    WrongTokens wrong = new WrongTokens(3, clock::nanoTime);
    for (int i = 0; i < 3; i++) {
      assertThat(wrong.wait("2001:db8::1")).isZero();
      wrong.add("2001:db8::" + i);
    }
    assertThat(wrong.wait("2001:db8::ffff")).isEqualTo(Duration.ofSeconds(20));
    assertThat(wrong.wait("192.0.2.7")).isZero();
    pass(20);
    assertThat(wrong.wait("2001:db8::1")).isZero();
    for (int i = 0; i < 100; i++) {
      wrong.add("2001:db8::1");
    }
    assertThat(wrong.wait("2001:db8::1")).as("never longer").isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void network_isTheAddressOrTheHouseholdOfIt() {
    assertThat(ClientNetwork.of("192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(ClientNetwork.of("::ffff:192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(ClientNetwork.of("2001:db8:1:2:3::4"))
        .isEqualTo(ClientNetwork.of("2001:db8:1:2:ffff::"))
        .isNotEqualTo(ClientNetwork.of("2001:db8:1:3::4"));
    assertThat(ClientNetwork.of("fe80::1%eth0")).isNotEmpty();
  }

  private CompletableFuture<Optional<Token>> find(String secret) {
    return tokens.find(secret, ADDRESS).toCompletableFuture();
  }

  private void known(String secret) {
    CompletableFuture<Optional<Token>> answer = find(secret);
    run();
    assertThat(answer).isDone();
  }

  private void run() {
    while (!waiting.isEmpty()) {
      waiting.removeFirst().run();
    }
  }

  private void pass(double seconds) {
    clock.advance(Duration.ofMillis(Math.round(seconds * 1_000)));
  }

  private Optional<Token> query(String secret) {
    queries.add(secret);
    if (away) {
      throw new DatabaseAwayException("away");
    }
    Optional<Token> found = Optional.ofNullable(database.get(secret));
    whileAnswering.run();
    return found;
  }

  private Token token(String secret) {
    Token made =
        new Token(
            TokenId.random(),
            Scope.VIEWER,
            "",
            Optional.empty(),
            clock.instant(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    database.put(secret, made);
    return made;
  }
}
