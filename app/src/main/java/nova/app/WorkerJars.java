package nova.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The jars of the worker processes, in a folder of their own: the native encoder among them is
/// under the GPL and never on the server's class path.
///
/// *Immutable.*
///
/// @param folder that holds them
public record WorkerJars(Path folder) {
  /// The system property that names the folder; the `nova` script sets it.
  static final String PROPERTY = "nova.worker";

  // Small and quickly up: what is heavy happens in native code.
  private static final List<String> FLAGS =
      List.of(
          "-Xms16m",
          "-Xmx128m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseCompactObjectHeaders",
          "-Xshare:auto",
          // JavaCPP would refuse memory beyond small multiples of -Xmx, of which native code that
          // is well needs more; 0 is no limit.
          "-Dorg.bytedeco.javacpp.maxBytes=0",
          "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
          "--enable-native-access=ALL-UNNAMED");

  /// The jars of this installation; empty when it has none.
  public static Optional<WorkerJars> find() {
    String folder = System.getProperty(PROPERTY, "");
    return folder.isEmpty() || !hasWorker(Path.of(folder))
        ? Optional.empty()
        : Optional.of(new WorkerJars(Path.of(folder).toAbsolutePath()));
  }

  private static boolean hasWorker(Path folder) {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "nova-worker-*.jar")) {
      return jars.iterator().hasNext();
    } catch (IOException e) {
      return false; // what cannot be read cannot be run
    }
  }

  /// The command line that runs a worker in the JVM that runs this process.
  public List<String> command(String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-cp");
    command.add(folder.resolve("*").toString());
    command.add(mainClass);
    command.addAll(List.of(arguments));
    return command;
  }
}
