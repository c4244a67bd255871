package nova.transcode;

import java.util.List;
import java.util.Objects;
import nova.core.Bytes;
import nova.core.TrackId;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogWireFormat;
import nova.framelog.pipe.AudioJob;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.ChangeBitrates;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.framelog.pipe.WorkerProtocol;
import nova.media.MalformedMediaException;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.ByteWriter;
import org.jspecify.annotations.Nullable;

/// What a stream is encoded to: all that another process must know to have the same encoded on,
/// under the same headers. Measured again, the source would get a slightly other ladder.
///
/// As bytes:
///
///     version 1 | source is a rung 1 | reason text | length 4 | source's log entry | StartJob
///     | ChangeBitrates
///
/// The text is its length (2) and its UTF-8, the log entry is a `TrackFormatChanged` or missing, and
/// the messages are those of [WorkerProtocol].
///
/// *Immutable.*
///
/// @param plan with the rungs as they were when their headers were made
/// @param source what it was planned for; null without video
/// @param frameRate pictures per second of the source
/// @param bitrates the plan's rungs with the bitrates that they have by now
public record RunningLadder(
    LadderPlan plan,
    @Nullable VideoFormat source,
    double frameRate,
    EncoderPreset preset,
    List<Rung> bitrates) {
  private static final int VERSION = 1;
  private static final int MAX_REASON_BYTES = 4_096;
  private static final int MAX_BYTES = 1 << 18;

  public RunningLadder {
    bitrates = List.copyOf(bitrates);
    if (plan.isEmpty()) {
      throw new IllegalArgumentException("a ladder without rungs (expected: at least one)");
    }
  }

  /// The same ladder with other bitrates.
  RunningLadder withBitrates(List<Rung> next) {
    return new RunningLadder(plan, source, frameRate, preset, next);
  }

  /// The ladder as bytes.
  public Bytes toBytes() {
    ByteWriter out = new ByteWriter().u8(VERSION).u8(plan.sourceIsRung() ? 1 : 0);
    Bytes reason = new ByteWriter().utf8(plan.reason()).toBytes();
    int kept = Math.min(reason.length(), MAX_REASON_BYTES);
    out.u16(kept).bytes(reason.slice(0, kept));
    int mark = out.markU32();
    if (source != null) {
      LogWireFormat.write(new TrackFormatChanged(TrackId.VIDEO, source), out);
    }
    out.patchU32(mark, out.length() - mark - 4L);
    AudioRung sound = plan.audio();
    out.bytes(
        WorkerProtocol.write(
            new StartJob(
                new TranscodeJob(
                    TrackId.VIDEO,
                    frameRate,
                    preset,
                    plan.rungs().stream().map(RungJob::fromTheStart).toList(),
                    sound == null ? null : AudioJob.fromTheStart(TrackId.AUDIO, sound)))));
    out.bytes(WorkerProtocol.write(new ChangeBitrates(bitrates)));
    return out.toBytes();
  }

  /// Reads what [#toBytes] wrote.
  ///
  /// @throws MalformedMediaException when it is anything else
  /// @throws UnsupportedMediaException when another version wrote it
  public static RunningLadder read(Bytes bytes) {
    if (bytes.length() > MAX_BYTES) {
      throw malformed("%d bytes (expected: <= %d)".formatted(bytes.length(), MAX_BYTES));
    }
    ByteReader in = new ByteReader(bytes, "running-ladder");
    int version = in.u8();
    if (version != VERSION) {
      throw new UnsupportedMediaException(
          "running-ladder-version",
          "ladder of version %d (expected: %d)".formatted(version, VERSION));
    }
    boolean sourceIsRung = in.u8() != 0;
    String reason = in.utf8(in.u16());
    Bytes entry = in.bytes(in.u32());
    if (!(message(in) instanceof StartJob(TranscodeJob job))
        || !(message(in) instanceof ChangeBitrates(List<Rung> bitrates))
        || !in.isExhausted()) {
      throw malformed("other messages than StartJob and ChangeBitrates");
    }
    AudioJob audio = job.audio();
    List<Rung> rungs = job.rungs().stream().map(RungJob::rung).toList();
    if (!bitrates.stream()
        .map(Rung::rendition)
        .toList()
        .equals(rungs.stream().map(Rung::rendition).toList())) {
      throw malformed("bitrates of other rungs");
    }
    return new RunningLadder(
        new LadderPlan(sourceIsRung, audio == null ? null : audio.rung(), rungs, reason),
        entry.isEmpty() ? null : format(entry),
        job.frameRate(),
        job.preset(),
        bitrates);
  }

  private static WorkerMessage message(ByteReader in) {
    return WorkerProtocol.read(in.bytes(in.u32()));
  }

  private static VideoFormat format(Bytes entry) {
    if (LogWireFormat.read(entry) instanceof TrackFormatChanged(TrackId track, VideoFormat format)
        && Objects.equals(track, TrackId.VIDEO)) {
      return format;
    }
    throw malformed("a source that is no video track");
  }

  private static MalformedMediaException malformed(String what) {
    return new MalformedMediaException("bad-running-ladder", "a ladder with " + what);
  }
}
