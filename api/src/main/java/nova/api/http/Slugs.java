package nova.api.http;

import java.util.Optional;
import nova.core.ChannelSlug;

/// Names of channels that clients wrote.
public final class Slugs {
  /// What one is, for people.
  public static final String EXPECTED = "1 to 64 characters of a-z, 0-9, - and _";

  private Slugs() {}

  /// Empty when it is none.
  public static Optional<ChannelSlug> parse(String text) {
    return ChannelSlug.isValid(text) ? Optional.of(new ChannelSlug(text)) : Optional.empty();
  }
}
