package nova.transcode;

import java.util.List;

/// What starts workers.
///
/// *Immutable.*
public sealed interface WorkerProgram {
  /// A program that speaks the worker protocol on its stdin and stdout.
  record Command(List<String> words) implements WorkerProgram {
    public Command {
      words = List.copyOf(words);
    }
  }

  /// There is none; streams have only their source.
  ///
  /// @param reason one sentence for the operator
  record Missing(String reason) implements WorkerProgram {}
}
