package nova.ingest.publish;

import java.time.Instant;
import java.util.Optional;
import nova.core.StreamHealth;
import nova.core.StreamKeyId;
import nova.core.StreamState;

/// How a claimed stream stands: what another node needs to go on with it.
///
/// *Immutable.*
///
/// @param state not one that is over
/// @param lostAt since when the broadcaster is away; empty while it is not
/// @param key with which it was published last, if that has an id
/// @param health as measured last
public record ClaimStatus(
    StreamState state, Optional<Instant> lostAt, Optional<StreamKeyId> key, StreamHealth health) {
  public ClaimStatus {
    if (state.isOver()) {
      throw new IllegalArgumentException(
          "a claimed stream is %s (expected: not over)".formatted(state));
    }
  }
}
