package nova.core;

/// [StreamEvents] that know which events were published through them, and so by this process, where
/// `all` also brings those of others. Who listens to its [#own] hears of an event before the
/// others.
///
/// *Thread-safe.*
public final class OwnStreamEvents implements StreamEvents {
  private final StreamEvents all;
  private final InProcessStreamEvents own;

  /// @param all of every process; what is published to it and not through this, counts as said by
  ///   another
  /// @param onFailure told when a subscriber of [#own] throws
  public OwnStreamEvents(StreamEvents all, InProcessStreamEvents.FailedSubscriber onFailure) {
    this.all = all;
    this.own = new InProcessStreamEvents(onFailure);
  }

  /// What was published through this, and nothing else. Publishing to it is the same as to this.
  public StreamEvents own() {
    return new StreamEvents() {
      @Override
      public void publish(StreamEvent event) {
        OwnStreamEvents.this.publish(event);
      }

      @Override
      public Subscription subscribe(Subscriber subscriber) {
        return own.subscribe(subscriber);
      }
    };
  }

  @Override
  public void publish(StreamEvent event) {
    own.publish(event);
    all.publish(event);
  }

  @Override
  public Subscription subscribe(Subscriber subscriber) {
    return all.subscribe(subscriber);
  }
}
