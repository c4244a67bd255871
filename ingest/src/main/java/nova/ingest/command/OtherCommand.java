package nova.ingest.command;

/// A command that an ingest server has no use for.
///
/// *Immutable.*
public record OtherCommand(double transaction, String name) implements RtmpCommand {
  /// Whether this is itself an answer, which must not be answered.
  public boolean isAnswer() {
    return name.equals("_result") || name.equals("_error") || name.equals("onStatus");
  }
}
