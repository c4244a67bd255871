package nova.testkit;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// Where Jazzer enters. The targets of a module are what the static method `all` of its class
/// `FuzzTargets` returns.
///
/// *Thread-safe.*
public final class FuzzRun {
  // Jazzer's hooks in comparisons and searches allocate more than what they watch.
  private static final int HOOKS = 64;

  private static final AtomicReference<FuzzTarget> TARGET = new AtomicReference<>();

  private FuzzRun() {}

  /// Writes the seeds of all targets of a class below a folder, one folder per target, and prints
  /// the names of the targets.
  ///
  /// @param args name of the class, folder
  public static void main(String[] args) throws IOException, ReflectiveOperationException {
    for (FuzzTarget target : targetsOf(args[0])) {
      Path folder = Files.createDirectories(Path.of(args[1], target.name()));
      for (int i = 0; i < target.seeds().size(); i++) {
        Files.write(folder.resolve("seed-" + i), FuzzTarget.bytesOf(target.seeds().get(i)));
      }
      System.out.println(target.name());
    }
  }

  /// Called by Jazzer before the first input.
  ///
  /// @param args name of the class, name of the target
  public static void fuzzerInitialize(String[] args) throws ReflectiveOperationException {
    TARGET.set(
        targetsOf(args[0]).stream()
            .filter(target -> target.name().equals(args[1]))
            .findFirst()
            .orElseThrow());
  }

  /// Called by Jazzer with every input.
  public static void fuzzerTestOneInput(byte[] input) {
    TARGET.get().attack(input, HOOKS);
  }

  @SuppressWarnings("unchecked") // the method is declared so
  private static List<FuzzTarget> targetsOf(String type) throws ReflectiveOperationException {
    Method all = Class.forName(type).getMethod("all");
    return (List<FuzzTarget>) all.invoke(null);
  }
}
