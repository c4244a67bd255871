package nova.control.channel;

import java.time.Instant;
import nova.core.ChannelSlug;

/// A durable owner of broadcasts.
///
/// *Immutable.*
///
/// @param title for viewers; may be empty
/// @param broadcasterId of the operator's own books; may be empty
/// @param listed whether the home page shows it
/// @param version rises with each change, from 1
public record Channel(
    ChannelId id,
    ChannelSlug slug,
    String title,
    String broadcasterId,
    boolean listed,
    PlaybackPolicy playback,
    long version,
    Instant createdAt,
    Instant updatedAt) {
  /// No title or broadcaster id is longer, in characters.
  public static final int MAX_TEXT = 200;

  public Channel {
    requireShort("title", title);
    requireShort("broadcaster id", broadcasterId);
  }

  /// A new channel that everybody may watch and the home page shows.
  public static Channel create(ChannelSlug slug, String title, Instant now) {
    return new Channel(
        ChannelId.random(), slug, title, "", true, PlaybackPolicy.PUBLIC, 1, now, now);
  }

  /// The same with another title.
  public Channel withTitle(String next) {
    return new Channel(
        id, slug, next, broadcasterId, listed, playback, version, createdAt, updatedAt);
  }

  private static void requireShort(String what, String text) {
    int length = text.codePointCount(0, text.length());
    if (length > MAX_TEXT || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "%s of %d characters (expected: at most %d, none of them NUL)"
              .formatted(what, length, MAX_TEXT));
    }
  }
}
