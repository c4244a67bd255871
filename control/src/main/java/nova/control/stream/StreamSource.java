package nova.control.stream;

/// Who sends a stream.
///
/// *Immutable.*
///
/// @param address of the broadcaster, as text
/// @param encoder what it calls itself; may be empty
public record StreamSource(String address, String encoder) {}
