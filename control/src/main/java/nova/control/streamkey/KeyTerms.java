package nova.control.streamkey;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What an operator says about a new stream key.
///
/// *Immutable.*
///
/// @param label for people; may be empty
/// @param allowedNetworks blocks of addresses as [Network] reads them; none for all
public record KeyTerms(String label, List<String> allowedNetworks, Optional<Instant> expiresAt) {
  /// Without a label, for everywhere and for ever.
  public static final KeyTerms NONE = new KeyTerms("", List.of(), Optional.empty());

  public KeyTerms {
    allowedNetworks = List.copyOf(allowedNetworks);
  }
}
