package nova.control.stream;

import java.util.HashSet;
import java.util.List;
import nova.control.error.InvalidFieldException;
import nova.control.error.TextLimits;

/// What people are told of a broadcast.
///
/// *Immutable.*
///
/// @param title at most [#MAX_TITLE] characters; may be empty
/// @param description at most [#MAX_DESCRIPTION] characters; may be empty
/// @param tags at most [#MAX_TAGS] different ones of 1 to [#MAX_TAG] characters
public record StreamMetadata(String title, String description, List<String> tags) {
  public static final int MAX_TITLE = 200;
  public static final int MAX_DESCRIPTION = 5_000;
  public static final int MAX_TAGS = 32;
  public static final int MAX_TAG = 64;

  /// Nothing.
  public static final StreamMetadata NONE = new StreamMetadata("", "", List.of());

  public StreamMetadata {
    tags = List.copyOf(tags);
    TextLimits.require("title", title, MAX_TITLE);
    TextLimits.require("description", description, MAX_DESCRIPTION);
    if (tags.size() > MAX_TAGS) {
      throw new InvalidFieldException(
          "tags", "%d tags are too many (expected: at most %d).".formatted(tags.size(), MAX_TAGS));
    }
    for (String tag : tags) {
      TextLimits.require("tags", tag, MAX_TAG);
      if (tag.isBlank()) {
        throw new InvalidFieldException("tags", "A tag is empty (expected: some text).");
      }
    }
    if (new HashSet<>(tags).size() < tags.size()) {
      throw new InvalidFieldException("tags", "A tag is given twice (expected: each once).");
    }
  }

  /// The same with what a change names.
  StreamMetadata with(StreamChange change) {
    return new StreamMetadata(
        change.title().orElse(title),
        change.description().orElse(description),
        change.tags().orElse(tags));
  }
}
