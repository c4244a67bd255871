package nova.backends.redis;

import java.time.LocalDate;
import nova.core.StreamId;

/// The names of what Redis holds of viewers.
///
/// | name | type | |
/// |---|---|---|
/// | `viewers:{S}` | sorted set | viewers of a stream by when they were seen last |
/// | `came:{S}` | hash | when each of them came, in milliseconds |
/// | `watched` | sorted set | streams by when a viewer was seen last |
/// | `salt:DAY` | string | the salt of the day |
///
/// *Immutable.*
record ViewerKeys(Keyspace keys) {
  String viewers(StreamId stream) {
    return keys.key("viewers", stream);
  }

  String came(StreamId stream) {
    return keys.key("came", stream);
  }

  String watched() {
    return keys.key("watched");
  }

  String salt(LocalDate day) {
    return keys.key("salt:" + day);
  }
}
