package nova.transcode;

import java.time.Duration;

/// Why a worker did not finish its job.
///
/// *Immutable.*
public sealed interface WorkerFailure {
  /// Stable kebab-case name for metrics and the API.
  String reason();

  /// What happened, for the operator.
  String sentence();

  /// Whether another worker would fail in the same way.
  default boolean isForGood() {
    return isForAll() || this instanceof RungsTaken;
  }

  /// Whether workers of other streams would fail in the same way.
  default boolean isForAll() {
    return reason().equals(NATIVE_LIBRARY_MISSING);
  }

  /// What a worker says that cannot load its libraries on this machine.
  String NATIVE_LIBRARY_MISSING = "native-library-missing";

  /// The process could not be started at all.
  record NotStarted(String sentence) implements WorkerFailure {
    @Override
    public String reason() {
      return "worker-not-started";
    }
  }

  /// It was not ready in time.
  record StartTimedOut(Duration timeout) implements WorkerFailure {
    @Override
    public String reason() {
      return "worker-start-timeout";
    }

    @Override
    public String sentence() {
      return "the worker was not ready after %d ms".formatted(timeout.toMillis());
    }
  }

  /// It got frames and gave nothing.
  record Stalled(Duration timeout) implements WorkerFailure {
    @Override
    public String reason() {
      return "worker-stalled";
    }

    @Override
    public String sentence() {
      return "the worker got frames and gave nothing for %d ms".formatted(timeout.toMillis());
    }
  }

  /// It ended by itself, or somebody killed it.
  ///
  /// @param status above 128 for a signal
  /// @param lastWords the last line on its stderr, empty without
  record Exited(int status, String lastWords) implements WorkerFailure {
    @Override
    public String reason() {
      return "worker-exited";
    }

    @Override
    public String sentence() {
      return lastWords.isEmpty()
          ? "the worker ended with status %d".formatted(status)
          : "the worker ended with status %d: %s".formatted(status, lastWords);
    }
  }

  /// It said why it could not go on.
  record GaveUp(String reason, String sentence) implements WorkerFailure {}

  /// Another transcoder writes the rungs' logs.
  record RungsTaken(String sentence) implements WorkerFailure {
    @Override
    public String reason() {
      return "rungs-taken";
    }
  }

  /// It said something that makes no sense.
  record BrokeProtocol(String sentence) implements WorkerFailure {
    @Override
    public String reason() {
      return "worker-broke-protocol";
    }
  }

  /// The server itself failed while it fed or heard the worker.
  record ServerFault(String sentence) implements WorkerFailure {
    /// Says what the fault was.
    public static ServerFault of(Throwable fault) {
      return new ServerFault("transcoding failed within the server: " + fault);
    }

    @Override
    public String reason() {
      return "server-fault";
    }
  }
}
