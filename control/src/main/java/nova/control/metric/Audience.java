package nova.control.metric;

/// The viewers of a stream at one moment.
///
/// *Immutable.*
///
/// @param viewers who watch
/// @param stalledViewers those of them whose player waits for media
/// @param deliveredBps bits per second that they are sent, together
public record Audience(int viewers, int stalledViewers, long deliveredBps) {
  public Audience {
    if (viewers < 0 || stalledViewers < 0 || stalledViewers > viewers || deliveredBps < 0) {
      throw new IllegalArgumentException(
          "%d viewers, %d of them stalled, at %d bit/s (expected: none negative, no more stalled"
                  .formatted(viewers, stalledViewers, deliveredBps)
              + " than there are)");
    }
  }
}
