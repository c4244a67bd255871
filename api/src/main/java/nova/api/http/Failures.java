package nova.api.http;

import java.util.Objects;
import nova.control.database.DatabaseAwayException;
import nova.control.error.ConflictingException;
import nova.control.error.ControlException;
import nova.control.error.InvalidFieldException;
import nova.control.error.StaleException;
import nova.control.error.UnknownException;
import nova.control.playback.TooManyLookupsException;
import nova.control.playback.TooManyWrongTokensException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a client is told of an exception.
final class Failures {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);
  private static final long DATABASE_SECONDS = 5;

  private static final long LOOKUP_SECONDS = 1;

  private Failures() {}

  /// @param operation that threw
  /// @param hasBody whether what is wrong is in the body rather than in the query
  static Problem problem(String operation, boolean hasBody, RuntimeException thrown) {
    return switch (thrown) {
      case ProblemException e -> e.problem();
      case ControlException e -> problem(e, hasBody);
      case DatabaseAwayException _ ->
          Problem.later(
              503,
              "database-away",
              "The database does not answer now; watching and broadcasting go on. Ask again in a"
                  + " moment.",
              DATABASE_SECONDS);
      case TooManyWrongTokensException e -> Problem.tooManyWrongTokens(e.waiting());
      case TooManyLookupsException _ ->
          Problem.later(
              503,
              "too-many-lookups",
              "Too many unknown tokens are being looked up; ask again in a moment.",
              LOOKUP_SECONDS);
      default -> {
        log.atError()
            .addKeyValue("operation", operation)
            .setCause(thrown)
            .log("an operation of the API failed");
        yield Problem.of(500, "internal-error", "Nova failed to do this; its log says why.");
      }
    };
  }

  private static Problem problem(ControlException thrown, boolean hasBody) {
    String sentence = Objects.requireNonNull(thrown.getMessage());
    return switch (thrown) {
      case UnknownException _ -> Problem.notFound(thrown.reason(), sentence);
      case ConflictingException _ -> Problem.of(409, thrown.reason(), sentence);
      case StaleException _ -> Problem.of(412, thrown.reason(), sentence);
      case InvalidFieldException e ->
          hasBody
              ? Problem.invalidField("/" + e.field(), sentence)
              : Problem.invalidParameter(e.field(), sentence);
    };
  }
}
