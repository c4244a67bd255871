package nova.app.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.ingest.message.CommandMessage;
import nova.media.amf0.Amf0Properties;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Value;
import org.jspecify.annotations.Nullable;

/// What the server answered: filled by the thread that reads the socket, waited for by the one that
/// publishes.
///
/// *Thread-safe.*
final class ServerReplies {
  private static final double PUBLISH_START = 0; // no transaction has this number

  private final Map<Double, CompletableFuture<CommandMessage>> awaited = new HashMap<>();
  private @Nullable IOException failure;
  private volatile boolean askedToMove;

  void onCommand(CommandMessage command) {
    switch (command.name()) {
      case "_result" -> answer(command.transaction()).complete(command);
      case "_error" -> fail(new IOException("the server refused: " + reason(command)));
      case "onStatus" -> onStatus(command);
      default -> {} // onFCPublish, onBWDone: nothing depends on them
    }
  }

  private void onStatus(CommandMessage command) {
    String code = text(command, "code");
    if (text(command, "level").equals("error") || code.endsWith("Connect.Closed")) {
      fail(new IOException("the server refused: " + reason(command)));
    } else if (code.equals("NetStream.Publish.Start")) {
      answer(PUBLISH_START).complete(command);
    } else if (code.equals("NetConnection.Connect.ReconnectRequest")) {
      askedToMove = true;
    }
  }

  boolean isAskedToMove() {
    return askedToMove;
  }

  /// The first failure is the one that explains.
  synchronized void fail(IOException why) {
    if (failure == null) {
      failure = why;
      awaited.values().forEach(future -> future.completeExceptionally(why));
    }
  }

  /// Throws when the server has refused or is gone.
  synchronized void check() throws IOException {
    if (failure != null) {
      throw again(failure);
    }
  }

  /// Waits for the answer to a transaction.
  CommandMessage awaitResult(double transaction, Duration timeout)
      throws IOException, InterruptedException {
    try {
      return answer(transaction).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? again(cause) : new IOException(e);
    } catch (TimeoutException e) {
      throw new IOException(
          "the server did not answer within %d s".formatted(timeout.toSeconds()), e);
    }
  }

  /// Waits until the server lets us publish.
  void awaitPublishing(Duration timeout) throws IOException, InterruptedException {
    CommandMessage _ = awaitResult(PUBLISH_START, timeout);
  }

  private synchronized CompletableFuture<CommandMessage> answer(double transaction) {
    CompletableFuture<CommandMessage> future =
        awaited.computeIfAbsent(transaction, _ -> new CompletableFuture<>());
    if (failure != null) {
      future.completeExceptionally(failure);
    }
    return future;
  }

  /// With the stack of the thread that learns of it.
  private static IOException again(IOException failure) {
    return new IOException(failure.getMessage(), failure);
  }

  private static String reason(CommandMessage command) {
    String description = text(command, "description");
    return description.isEmpty() ? text(command, "code") : description;
  }

  private static String text(CommandMessage command, String name) {
    for (Amf0Value argument : command.arguments()) {
      if (argument instanceof Amf0Properties properties
          && properties.entries().get(name) instanceof Amf0String(String value)) {
        return value;
      }
    }
    return "";
  }
}
