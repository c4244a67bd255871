package nova.backends.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletionStage;
import nova.core.Bytes;

/// One connection to Redis on which messages arrive. When it comes back after a break it subscribes
/// again by itself; what was published meanwhile is lost.
///
/// *Thread-safe.*
final class RedisSubscription {
  private final StatefulRedisPubSubConnection<String, Bytes> connection;

  RedisSubscription(StatefulRedisPubSubConnection<String, Bytes> connection) {
    this.connection = connection;
  }

  /// Learns what is published on a channel. Both methods are called on a thread of the connection
  /// and must return at once.
  interface Listener {
    /// From now on no message is missed, until the connection breaks. Called again when it has come
    /// back.
    void onSubscribed();

    void onMessage(Bytes message);
  }

  /// Begins to listen to a channel.
  ///
  /// @return complete when Redis has confirmed it
  CompletionStage<Void> listen(String channel, Listener listener) {
    connection.addListener(
        new RedisPubSubAdapter<String, Bytes>() {
          @Override
          public void subscribed(String to, long count) {
            if (to.equals(channel)) {
              listener.onSubscribed();
            }
          }

          @Override
          public void message(String on, Bytes message) {
            if (on.equals(channel)) {
              listener.onMessage(message);
            }
          }
        });
    return connection.async().subscribe(channel);
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    connection.close();
  }
}
