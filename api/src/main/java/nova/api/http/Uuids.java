package nova.api.http;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// Ids that clients wrote.
public final class Uuids {
  /// `UUID.fromString` takes shorter ones too.
  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private Uuids() {}

  /// Empty when it is none.
  public static Optional<UUID> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
  }
}
