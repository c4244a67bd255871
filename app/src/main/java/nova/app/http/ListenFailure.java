package nova.app.http;

import io.vertx.core.http.HttpServerOptions;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import nova.app.error.StartupException;

/// Why a socket could not be opened, in a sentence for the operator.
final class ListenFailure {
  private ListenFailure() {}

  static StartupException explain(HttpServerOptions socket, boolean tls, Throwable failure) {
    String option = tls ? "--https-port" : "--http-port";
    String name = tls ? "HTTPS" : "HTTP";
    String address = socket.getHost() + ":" + socket.getPort();
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof UnknownHostException || failure instanceof UnresolvedAddressException) {
      return new StartupException(
          "address '%s' is unknown; choose another with --bind".formatted(socket.getHost()),
          failure);
    }
    // The native transport throws an IOException with the text of the errno, the JDK a
    // BindException.
    if (message.contains("assign requested address")) {
      return new StartupException(
          "address %s is not one of this machine; choose another with --bind"
              .formatted(socket.getHost()),
          failure);
    }
    if (message.contains("ermission denied")) {
      return new StartupException(
          "port %d for %s needs more rights; choose one above 1023 with %s"
              .formatted(socket.getPort(), name, option),
          failure);
    }
    if (failure instanceof BindException || message.contains("in use")) {
      return new StartupException(
          "port %d for %s is taken; stop the program that uses it or choose another port with %s"
              .formatted(socket.getPort(), name, option),
          failure);
    }
    return new StartupException(
        "%s cannot listen on %s: %s".formatted(name, address, message), failure);
  }
}
