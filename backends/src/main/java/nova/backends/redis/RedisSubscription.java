package nova.backends.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to Redis on which messages arrive. When it comes back after a break it subscribes
/// again by itself; what was published meanwhile is lost.
///
/// *Thread-safe.*
final class RedisSubscription {
  private static final Logger log = LoggerFactory.getLogger(RedisSubscription.class);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final StatefulRedisPubSubConnection<String, Bytes> connection;
  private final RedisMetrics metrics;
  private volatile boolean closed;

  RedisSubscription(StatefulRedisPubSubConnection<String, Bytes> connection, RedisMetrics metrics) {
    this.connection = connection;
    this.metrics = metrics;
  }

  /// Learns what is published on a channel. Both methods are called on a thread of the connection
  /// and must return at once.
  interface Listener {
    /// From now on no message is missed, until the connection breaks. Called again when it has come
    /// back.
    void onSubscribed();

    void onMessage(Bytes message);
  }

  /// Begins to listen to a channel, and tries again for as long as Redis refuses or is silent.
  void listen(String channel, Listener listener) {
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
    subscribe(channel, true);
  }

  /// The client subscribes again after a break only to what Redis has confirmed once.
  private void subscribe(String channel, boolean first) {
    CompletionStage<Void> _ =
        connection
            .async()
            .subscribe(channel)
            .exceptionally(
                failure -> {
                  metrics.failed("subscribe");
                  if (first) {
                    log.warn(
                        "not subscribed to {}, which is tried again: {}",
                        channel,
                        RedisLink.cause(failure).getMessage());
                  }
                  subscribeLater(channel);
                  return null;
                });
  }

  private void subscribeLater(String channel) {
    CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
        .execute(
            () -> {
              if (!closed) {
                subscribe(channel, false);
              }
            });
  }

  void close() {
    closed = true;
    connection.close();
  }
}
