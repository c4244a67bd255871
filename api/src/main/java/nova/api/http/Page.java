package nova.api.http;

import java.util.List;
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

  /// The same with something else made of each thing.
  public <R> List<R> map(Function<T, R> view) {
    return items.stream().map(view).toList();
  }
}
