package nova.control.stream;

import nova.control.error.TextLimits;

/// Who sends a stream.
///
/// *Immutable.*
///
/// @param address of the broadcaster, as text
/// @param encoder what it calls itself; may be empty
public record StreamSource(String address, String encoder) {
  private static final int MAX_ENCODER = 200;

  /// @param encoder whatever the peer sent
  static StreamSource of(String address, String encoder) {
    return new StreamSource(address, TextLimits.readable(encoder, MAX_ENCODER));
  }
}
