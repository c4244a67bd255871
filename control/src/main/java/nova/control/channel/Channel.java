package nova.control.channel;

import java.time.Instant;
import nova.control.error.TextLimits;
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
    TextLimits.require("title", title, MAX_TEXT);
    TextLimits.require("broadcasterId", broadcasterId, MAX_TEXT);
  }

  /// A new channel that everybody may watch and the home page shows.
  public static Channel create(ChannelSlug slug, String title, Instant now) {
    return new Channel(
        ChannelId.random(), slug, title, "", true, PlaybackPolicy.PUBLIC, 1, now, now);
  }

  /// The same with what a change names.
  public Channel with(ChannelChange change) {
    return new Channel(
        id,
        slug,
        change.title().orElse(title),
        change.broadcasterId().orElse(broadcasterId),
        change.listed().orElse(listed),
        change.playback().orElse(playback),
        version,
        createdAt,
        updatedAt);
  }

  /// Whether it is a newer state of the same, or another one of the name.
  boolean isLaterThan(Channel other) {
    return !id.equals(other.id) || version > other.version;
  }
}
