package nova.bench;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// What every command takes: where it may write, and flags for the server's JVM.
final class RunOptions {
  @Option(
      names = "--folder",
      defaultValue = "bench/target/run",
      description = "For logs, clips and data directories (bench/target/run).")
  private Path folder = Path.of("bench/target/run");

  @Option(
      names = "--nova-jvm-flags",
      defaultValue = "",
      description = "Added to the server's, for example -XX:NativeMemoryTracking=summary.")
  private String jvmFlags = "";

  Path folder() {
    return folder.toAbsolutePath();
  }

  String jvmFlags() {
    return jvmFlags;
  }
}
