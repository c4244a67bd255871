package nova.delivery;

/// Tells one viewer of a stream from another, and nothing else of them: it is a keyed hash, made
/// with a salt that is forgotten ([ViewerSalt]). The same viewer has another one at another stream.
///
/// *Immutable.*
///
/// @param identified whether the player gave its session a name; otherwise this is an estimate
public record ViewerId(long hash, boolean identified) {}
