package nova.control.backup;

/// A backup cannot be restored; nothing was. The message is one sentence for whoever wants it.
public final class BackupException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BackupException(String sentence) {
    super(sentence);
  }

  public BackupException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
