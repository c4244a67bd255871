package nova.ingest.message;

/// A message of a type that does not concern an ingest server: shared objects (16, 19) and types
/// that do not exist.
///
/// *Immutable.*
public record IgnoredMessage(int type) implements RtmpMessage {}
