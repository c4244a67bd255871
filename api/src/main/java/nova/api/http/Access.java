package nova.api.http;

import nova.control.token.Scope;

/// What a token must be for an operation.
///
/// *Immutable.*
///
/// @param wholeServer whether it must not be limited to a channel
public record Access(Scope scope, boolean wholeServer) {
  /// For tokens of a scope; those limited to a channel do it with that channel's things.
  public static Access of(Scope scope) {
    return new Access(scope, false);
  }

  /// For tokens of a scope that are not limited to a channel.
  public static Access toServer(Scope scope) {
    return new Access(scope, true);
  }
}
