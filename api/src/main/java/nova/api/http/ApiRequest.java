package nova.api.http;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import nova.control.database.ListPosition;
import nova.control.error.UnknownException;
import nova.core.ChannelSlug;

/// A request whose sender may make it. Every reader throws a [ProblemException] that names what it
/// does not take.
///
/// *Immutable.*
///
/// @param path the path's parameters, decoded
/// @param query the query's parameters, decoded; all of them known to the operation
/// @param ifMatch the header `If-Match`
/// @param body empty for a request without one
public record ApiRequest(
    Caller caller,
    Map<String, String> path,
    Map<String, String> query,
    Optional<String> ifMatch,
    JsonFields body) {
  /// No body is longer.
  public static final int MAX_BODY_BYTES = BodyReader.MAX_BYTES;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;
  private static final int MAX_CURSOR = 512;

  public ApiRequest {
    path = Map.copyOf(path);
    query = Map.copyOf(query);
  }

  /// A parameter of the path.
  public String path(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalStateException("the path has no parameter " + name);
    }
    return value;
  }

  /// The channel that the path names.
  ///
  /// @throws UnknownException also when it is none that the caller sees
  public ChannelSlug channel() {
    String slug = path("channel");
    return Slugs.parse(slug).filter(caller::sees).orElseThrow(() -> unknown("channel", slug));
  }

  /// The version that a change is meant for; empty for whichever is there.
  public Optional<Long> ifVersion() {
    return ifMatch.flatMap(EntityTags::version);
  }

  /// A query parameter of any text.
  public Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /// A query parameter that names one of several things.
  ///
  /// @param reader empty for what is none of them
  /// @param expected them, for people
  public <T> Optional<T> query(String name, Function<String, Optional<T>> reader, String expected) {
    return query(name)
        .map(
            text ->
                reader
                    .apply(text)
                    .orElseThrow(
                        () ->
                            new ProblemException(
                                Problem.invalidParameter(
                                    name,
                                    "The parameter %s takes %s.".formatted(name, expected)))));
  }

  /// A query parameter that is true or false.
  public Optional<Boolean> flag(String name) {
    return query(
        name,
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            },
        "true or false");
  }

  /// A query parameter that is a time.
  public Optional<Instant> time(String name) {
    return query(name, Times::parse, "a time such as 2026-11-22T16:00:00Z");
  }

  /// How many things of a list are asked for.
  public int limit() {
    return query("limit", ApiRequest::limit, "a number from 1 to " + MAX_LIMIT)
        .orElse(DEFAULT_LIMIT);
  }

  /// Where a list goes on.
  public Optional<String> cursor() {
    return query(
        "cursor",
        text -> text.isEmpty() || text.length() > MAX_CURSOR ? Optional.empty() : Optional.of(text),
        "what nextCursor of the page before was");
  }

  /// Where a list by age goes on.
  ///
  /// @param id reads an id of its things; empty when it is none
  public <I> Optional<ListPosition<I>> position(Function<String, Optional<I>> id) {
    return cursor().map(text -> Cursors.parse(text, id));
  }

  /// Ends a request whose cursor is of no page.
  public static ProblemException invalidCursor() {
    return new ProblemException(
        Problem.invalidParameter(
            "cursor", "The cursor is of no page (expected: what nextCursor was)."));
  }

  /// Ends a request for what is not there, or not for its sender. Only what could be a name is
  /// repeated.
  public static RuntimeException unknown(String kind, String name) {
    return NAME.matcher(name).matches()
        ? new UnknownException(kind, name)
        : new ProblemException(
            Problem.notFound(
                "unknown-" + kind, "There is no such %s.".formatted(kind.replace('-', ' '))));
  }

  private static Optional<Integer> limit(String text) {
    if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    int limit = Integer.parseInt(text);
    return limit < 1 || limit > MAX_LIMIT ? Optional.empty() : Optional.of(limit);
  }
}
