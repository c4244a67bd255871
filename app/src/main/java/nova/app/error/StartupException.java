package nova.app.error;

/// Nova cannot start, or cannot do what it was asked to. The message is one sentence for the person
/// at the terminal: what, which value, what was expected, what to do. It is printed alone, without
/// a stack trace, and the program ends with exit code 1.
///
/// *Immutable.*
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StartupException(String sentence) {
    super(sentence);
  }

  public StartupException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
