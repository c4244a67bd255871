package nova.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import nova.app.error.StartupException;
import nova.app.publish.Broadcast;
import nova.app.publish.FileKind;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import nova.app.publish.WorkerSource;
import nova.framelog.pipe.PatternJob;
import nova.media.MediaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nova publish`: sends a file or a test pattern to an RTMP server.
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    customSynopsis = {
      "nova publish [--loop] [--seconds=N] FILE URL",
      "       nova publish --test-pattern [--size=WxH] [--fps=N] [--seconds=N] URL"
    },
    description =
        "Publish an FLV or MP4 file, or a test pattern, to an RTMP server at the speed at which it"
            + " plays.",
    sortOptions = false)
final class PublishCommand implements Callable<Integer> {
  private static final String PATTERN_SIZE = "1280x720";

  @Spec private @Nullable CommandSpec command;

  @Parameters(
      arity = "1..2",
      paramLabel = "FILE URL",
      hideParamSyntax = true,
      description = {
        "FILE is what to publish: FLV, or MP4 with H.264 and AAC.",
        "URL is where to: rtmp://HOST:PORT/live/STREAM-KEY."
      })
  private List<String> words = List.of();

  @Option(
      names = "--test-pattern",
      description =
          "In place of a file, publish colour bars with a running clock and a tone that marks the"
              + " seconds.")
  private boolean testPattern;

  @Mixin private PatternOptions pattern = new PatternOptions();

  @Option(names = "--loop", description = "Start over at the end, with continuous timestamps.")
  private boolean loop;

  @Option(names = "--seconds", paramLabel = "N", description = "Stop after N seconds.")
  private long seconds = Long.MAX_VALUE;

  @Override
  public Integer call() throws InterruptedException {
    requireUsage();
    PublishTarget target = PublishTarget.parse(words.getLast());
    Duration limit = DemoCommand.limit(seconds);
    try (Lifecycle lifecycle = new Lifecycle();
        Shutdown _ = Shutdown.closing(lifecycle, Duration.ZERO)) {
      Broadcast broadcast =
          testPattern ? pattern(limit, lifecycle) : file(words.getFirst(), limit, lifecycle);
      RtmpPublisher publisher = lifecycle.own("publisher", RtmpPublisher.connect(target));
      System.err.printf(
          "nova: publishing %s to %s%n", testPattern ? "a test pattern" : words.getFirst(), target);
      broadcast.run(publisher);
    } catch (IOException | MediaException e) {
      throw new StartupException(
          "publishing to %s failed: %s".formatted(target, e.getMessage()), e);
    }
    return 0;
  }

  private void requireUsage() {
    int expected = testPattern ? 1 : 2;
    if (words.size() != expected) {
      throw wrong(
          testPattern
              ? "--test-pattern takes the place of FILE (expected: URL alone)"
              : "one word where two are needed (expected: FILE URL, or --test-pattern URL)");
    }
    if (testPattern && loop) {
      throw wrong("--loop is for files; a test pattern goes on anyway");
    }
    if (!testPattern) {
      pattern.requireNone();
    }
  }

  private Broadcast pattern(Duration limit, Lifecycle lifecycle) {
    PatternJob job = pattern.job(PATTERN_SIZE);
    WorkerSource source = lifecycle.own("test pattern", WorkerPrograms.testPattern(job));
    return Broadcast.live(source, limit, System::nanoTime);
  }

  private Broadcast file(String name, Duration limit, Lifecycle lifecycle) throws IOException {
    Path file = readable(name);
    FileKind kind =
        FileKind.of(file)
            .orElseThrow(
                () ->
                    new StartupException(
                        "file '%s' is neither FLV nor MP4 (expected: one of them)"
                            .formatted(name)));
    return switch (kind) {
      case FLV -> new Broadcast(() -> Files.newInputStream(file), loop, limit, System::nanoTime);
      case MP4 -> {
        WorkerSource source = lifecycle.own("MP4 reader", WorkerPrograms.mp4(file, loop));
        yield new Broadcast(source, false, limit, System::nanoTime);
      }
    };
  }

  private static Path readable(String name) {
    try {
      Path file = Path.of(name);
      if (Files.isReadable(file) && !Files.isDirectory(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new StartupException("'%s' is no name of a file".formatted(name), e);
    }
    throw new StartupException(
        "file '%s' cannot be read (expected: an FLV or MP4 file)".formatted(name));
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(
        Objects.requireNonNull(command, "set before options are read").commandLine(), sentence);
  }
}
