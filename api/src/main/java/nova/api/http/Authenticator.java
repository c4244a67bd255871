package nova.api.http;

import java.util.Optional;

/// Port: whose a secret is.
///
/// *Thread-safe.*
@FunctionalInterface
public interface Authenticator {
  /// Whoever has the secret; empty when it opens nothing now, whatever the reason. May block, and
  /// is called on virtual threads.
  ///
  /// @param secret as it was shown, of at most 256 characters; never logged
  /// @param address of the socket it came from, as text
  /// @throws nova.control.database.DatabaseAwayException when that cannot be told now
  /// @throws nova.control.playback.TooManyWrongTokensException when the secret is not known, and
  ///   the address has shown too many that are none
  /// @throws nova.control.playback.TooManyLookupsException when the secret is not known, and too
  ///   many others are being looked up
  Optional<Caller> authenticate(String secret, String address);
}
