package nova.api.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A page of a list, made of one thing more than was asked for: whether that is there tells whether
/// there is another page.
///
/// *Immutable.*
///
/// @param nextCursor where the next page begins, null on the last one
public record Page<T>(List<T> items, @Nullable String nextCursor) {
  public Page {
    items = List.copyOf(items);
  }

  /// Cuts off what was more than asked for.
  ///
  /// @param found up to `limit + 1` things
  /// @param cursorOf the cursor that begins after a thing
  public static <T> Page<T> of(List<T> found, int limit, Function<T, String> cursorOf) {
    return found.size() <= limit
        ? new Page<>(found, null)
        : new Page<>(found.subList(0, limit), cursorOf.apply(found.get(limit - 1)));
  }

  /// Of a list that is there as a whole.
  ///
  /// @param after cursor of the page before, or the first page
  public static <T> Page<T> within(
      List<T> all, Optional<String> after, int limit, Function<T, String> cursorOf) {
    int start = 0;
    if (after.isPresent()) {
      while (start < all.size() && !cursorOf.apply(all.get(start)).equals(after.get())) {
        start++;
      }
      if (start == all.size()) {
        throw ApiRequest.invalidCursor();
      }
      start++;
    }
    return of(all.subList(start, Math.min(all.size(), start + limit + 1)), limit, cursorOf);
  }

  /// The same with something else made of each thing.
  public <R> List<R> map(Function<T, R> view) {
    return items.stream().map(view).toList();
  }
}
