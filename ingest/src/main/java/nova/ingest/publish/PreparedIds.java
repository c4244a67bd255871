package nova.ingest.publish;

import java.util.LinkedHashSet;
import java.util.random.RandomGenerator;
import nova.core.StreamId;

/// Gives streams their ids: the prepared one, unless a stream had it already, as two publishers may
/// be told the same one.
///
/// *Confined to the thread of the streams.*
final class PreparedIds {
  // An id is handed out again only until control has heard of the stream that took it.
  private static final int REMEMBERED = 10_000;

  private final RandomGenerator random;
  private final LinkedHashSet<StreamId> used = new LinkedHashSet<>();

  PreparedIds(RandomGenerator random) {
    this.random = random;
  }

  /// The id of the stream that a publisher begins, if it begins one.
  StreamId idFor(Publisher publisher) {
    StreamId id = publisher.prepared().filter(used::add).orElseGet(() -> StreamId.random(random));
    if (used.size() > REMEMBERED) {
      StreamId _ = used.removeFirst();
    }
    return id;
  }

  /// No stream began with it.
  void unused(StreamId id) {
    used.remove(id);
  }
}
