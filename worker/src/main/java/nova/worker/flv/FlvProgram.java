package nova.worker.flv;

import java.io.IOException;
import java.io.UncheckedIOException;
import nova.worker.CodecException;
import nova.worker.FfmpegLibraries;
import org.bytedeco.ffmpeg.global.avutil;

/// How a program that writes FLV to stdout ends: with 0 when its work is done or nobody reads any
/// more, else with 1 and one sentence in the last line of stderr.
///
/// *Confined to the main thread.*
@FunctionalInterface
public interface FlvProgram {
  /// Writes until the end.
  ///
  /// @throws IOException when nobody reads any more
  /// @throws IllegalArgumentException with a sentence, when it was asked for the impossible
  /// @throws CodecException with a sentence, when FFmpeg could not do it
  void write(FlvOutput out) throws IOException, InterruptedException;

  /// Runs to the end of the process.
  static void run(FlvProgram program) {
    Runtime.getRuntime().halt(status(program));
  }

  private static int status(FlvProgram program) {
    try {
      FlvOutput out = FlvOutput.ofStdout();
      avutil.av_log_set_level(avutil.AV_LOG_QUIET); // a sentence says it, and only one
      program.write(out);
      return 0;
    } catch (IOException | UncheckedIOException e) {
      return 0; // nobody reads any more, which is how it is meant to end
    } catch (IllegalArgumentException | CodecException e) {
      System.err.println(e.getMessage());
    } catch (InterruptedException e) {
      System.err.println("interrupted");
    } catch (LinkageError e) {
      System.err.println(FfmpegLibraries.doNotLoad(e));
    }
    return 1;
  }
}
