package nova.api.http;

/// Ends an operation with a problem. Thrown by what reads a request, answered where operations run.
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.detail(), null, false, false); // an answer, not a fault: nobody reads its stack
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
