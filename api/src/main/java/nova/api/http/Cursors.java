package nova.api.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.control.database.ListPosition;

/// Where lists by age go on, as clients carry it from page to page: age and id of the last thing of
/// a page. It is a place and not a thing, so it outlives the thing and tells nothing of others.
public final class Cursors {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})/(.+)");

  private Cursors() {}

  /// After a thing.
  public static String after(Instant createdAt, Object id) {
    String place = ChronoUnit.MICROS.between(Instant.EPOCH, createdAt) + "/" + id;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  /// What a client carried.
  ///
  /// @param id reads an id; empty when it is none
  /// @throws ProblemException when it is none of ours
  static <I> ListPosition<I> parse(String text, Function<String, Optional<I>> id) {
    Matcher place = FORM.matcher(decoded(text));
    if (!place.matches()) {
      throw ApiRequest.invalidCursor();
    }
    return new ListPosition<>(
        Instant.EPOCH.plus(Long.parseLong(place.group(1)), ChronoUnit.MICROS),
        id.apply(place.group(2)).orElseThrow(ApiRequest::invalidCursor));
  }

  private static String decoded(String text) {
    try {
      return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw ApiRequest.invalidCursor();
    }
  }
}
