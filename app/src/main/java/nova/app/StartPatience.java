package nova.app;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import nova.app.error.StartupException;
import nova.backends.redis.RedisStartException;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseStartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for what a service needs and others run: it is asked again and again, soon at first and
/// later every ten seconds, until it can be used or the service is to end. The operator is told at
/// once and whenever something else is wrong. What refuses us is waited for as what is away is,
/// since somebody can mend both over there: set the password, grant the right, run `nova migrate`.
///
/// *Confined to its thread*, but for [#waitingFor].
final class StartPatience {
  private static final Logger log = LoggerFactory.getLogger(StartPatience.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Lifecycle lifecycle;
  private volatile Optional<String> waitingFor = Optional.empty();

  /// @param lifecycle of the service; when that closes, nothing is waited for
  StartPatience(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  /// Opens something, as soon as what it needs can be used.
  ///
  /// @param what is needed, for people, such as `Redis`
  /// @throws StartupException when the service is to end before
  <T> T until(String what, Supplier<T> open) {
    Waiting waiting = new Waiting(what);
    while (true) {
      try {
        T opened = open.get();
        waiting.isOver();
        return opened;
      } catch (RedisStartException | DatabaseStartException | DatabaseAwayException e) {
        waiting.rest(String.valueOf(e.getMessage()));
      }
    }
  }

  /// Waits for something that comes by itself.
  ///
  /// @param what for people
  /// @param missing why it is not there; empty once it is
  /// @throws StartupException when the service is to end before
  void await(String what, Supplier<Optional<String>> missing) {
    Waiting waiting = new Waiting(what);
    Optional<String> why = missing.get();
    if (why.isPresent()) { // it is often a moment late, which is not worth telling
      waiting.rest();
      why = missing.get();
    }
    while (why.isPresent()) {
      waiting.rest(why.get());
      why = missing.get();
    }
    waiting.isOver();
  }

  /// What is waited for, for everybody: why is for the operator, as it tells addresses.
  Optional<String> waitingFor() {
    return waitingFor;
  }

  /// One wait, with longer and longer pauses.
  private final class Waiting {
    private final String what;
    private Duration pause = FIRST_PAUSE;
    private String told = "";

    Waiting(String what) {
      this.what = what;
    }

    void rest(String why) {
      if (!why.equals(told)) {
        log.warn("waiting for {}: {}", what, why);
        told = why;
        waitingFor = Optional.of("waiting for %s; the log says why".formatted(what));
      }
      rest();
    }

    void rest() {
      if (lifecycle.awaitClosing(pause)) {
        throw new StartupException("the start was ended");
      }
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }

    void isOver() {
      if (!told.isEmpty()) {
        waitingFor = Optional.empty();
        log.info("{} is there", what);
      }
    }
  }
}
