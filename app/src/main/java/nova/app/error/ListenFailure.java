package nova.app.error;

import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;

/// Why a socket could not be opened, in a sentence for the operator.
public final class ListenFailure {
  private ListenFailure() {}

  /// The sentence for a failure to listen on `host` and `port`.
  ///
  /// @param protocol what would have been spoken there, such as `RTMP`
  /// @param option the option that chooses another port
  public static StartupException explain(
      String protocol, String option, String host, int port, Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof UnknownHostException || failure instanceof UnresolvedAddressException) {
      return new StartupException(
          "address '%s' is unknown; choose another with --bind".formatted(host), failure);
    }
    // The native transport throws an IOException with the text of the errno, the JDK a
    // BindException.
    if (message.contains("assign requested address")) {
      return new StartupException(
          "address %s is not one of this machine; choose another with --bind".formatted(host),
          failure);
    }
    if (message.contains("ermission denied")) {
      return new StartupException(
          "port %d for %s needs more rights; choose one above 1023 with %s"
              .formatted(port, protocol, option),
          failure);
    }
    if (failure instanceof BindException || message.contains("in use")) {
      return new StartupException(
          "port %d for %s is taken; stop the program that uses it or choose another port with %s"
              .formatted(port, protocol, option),
          failure);
    }
    return new StartupException(
        "%s cannot listen on %s:%d: %s".formatted(protocol, host, port, message), failure);
  }
}
