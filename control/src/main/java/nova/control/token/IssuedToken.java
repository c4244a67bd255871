package nova.control.token;

/// A new token, for the only time with its secret.
///
/// *Immutable.*
public record IssuedToken(Token token, TokenSecret secret) {}
