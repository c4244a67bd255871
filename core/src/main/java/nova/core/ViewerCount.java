package nova.core;

/// How many watch a stream.
///
/// *Immutable.*
///
/// @param identified those whose player gives its session a name (CMCD)
/// @param estimated all others, told apart by where they come from and what they call themselves
public record ViewerCount(int identified, int estimated) {
  /// Of a stream that nobody watches.
  public static final ViewerCount NONE = new ViewerCount(0, 0);

  public ViewerCount {
    if (identified < 0 || estimated < 0) {
      throw new IllegalArgumentException(
          "%d identified and %d estimated viewers (expected: none negative)"
              .formatted(identified, estimated));
    }
  }

  /// All of them.
  public int total() {
    return identified + estimated;
  }
}
