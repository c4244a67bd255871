package nova.core;

/// Port: the bus on which stages report what happened and learn what others did.
///
/// [#publish] is ordered per stream, does not block and never throws because of a subscriber. A
/// subscriber sees only events published after it subscribed; it is called on the publishing
/// thread, must return at once and must hand longer work to a queue of its own. Where there are
/// several processes, events of the others come a moment later, on a thread of the bus, and in
/// order per stream and process.
///
/// *Thread-safe.*
public interface StreamEvents {
  void publish(StreamEvent event);

  /// Registers `subscriber` until the returned subscription is closed.
  Subscription subscribe(Subscriber subscriber);

  /// Receives events; see [StreamEvents] for the rules.
  @FunctionalInterface
  interface Subscriber {
    void onEvent(StreamEvent event);
  }

  /// Ends a subscription when closed; closing twice is harmless.
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
