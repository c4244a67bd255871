package nova.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nova.app.error.StartupException;
import nova.app.publish.Broadcast;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import nova.media.MediaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nova publish`: sends an FLV file to an RTMP server.
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Publish an FLV file to an RTMP server at the speed at which it plays.",
    sortOptions = false)
final class PublishCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "FILE.flv", description = "What to publish.")
  private Path file = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "URL",
      description = "Where to: rtmp://HOST:PORT/live/STREAM-KEY.")
  private String url = "";

  @Option(names = "--loop", description = "Start over at the end, with continuous timestamps.")
  private boolean loop;

  @Option(names = "--seconds", paramLabel = "N", description = "Stop after N seconds.")
  private long seconds = Long.MAX_VALUE;

  @Override
  public Integer call() throws InterruptedException {
    PublishTarget target = PublishTarget.parse(url);
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new StartupException(
          "file '%s' cannot be read (expected: an FLV file)".formatted(file));
    }
    Broadcast broadcast =
        new Broadcast(
            () -> Files.newInputStream(file), loop, DemoCommand.limit(seconds), System::nanoTime);
    try (Lifecycle lifecycle = new Lifecycle();
        Shutdown _ = Shutdown.closing(lifecycle)) {
      RtmpPublisher publisher = lifecycle.own("publisher", RtmpPublisher.connect(target));
      System.err.printf("nova: publishing %s to %s%n", file, target);
      broadcast.run(publisher);
    } catch (IOException | MediaException e) {
      throw new StartupException(
          "publishing to %s failed: %s".formatted(target, e.getMessage()), e);
    }
    return 0;
  }
}
