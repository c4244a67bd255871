package nova.control.error;

/// There is no such thing.
public final class UnknownException extends ControlException {
  private static final long serialVersionUID = 1;

  /// @param kind of thing in kebab-case, such as `stream-key`
  /// @param name that was asked for; never a secret
  public UnknownException(String kind, String name) {
    super("unknown-" + kind, "There is no %s '%s'.".formatted(kind.replace('-', ' '), name));
  }
}
