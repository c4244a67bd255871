package nova.framelog.pipe;

import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.core.TrackKind;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogWireFormat;
import nova.framelog.pipe.WorkerMessage.Adapt;
import nova.framelog.pipe.WorkerMessage.ChangeBitrates;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Poster;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.framelog.pipe.WorkerMessage.Progress;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessage.RungEntry;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.ByteWriter;

/// [WorkerMessage]s as bytes.
///
///     message  length of what follows 4 | type 1 | body
///
///     1 StartJob     version 1 | track kind 1 (0 video) | track index 1 | frame rate 8 (IEEE 754)
///                    | preset text | number of rungs 1 | rung job* | number of sounds 1
///                    (0 or 1) | sound*
///       rung job     rung (see 10) | last dts 8 | last segment 8
///       sound        track index 1 | rendition text | sample rate 4 | channels 1 | bitrate 4
///                    | last dts 8 | last segment 8
///     2 SourceEntry  log entry, all that is left
///     3 Ready        version 1 | encoder, all that is left
///     4 RungEntry    rendition text | log entry, all that is left
///     5 Progress     pictures 8 | dropped 8 | speed 8 (IEEE 754) | busy share 8 (IEEE 754)
///                    | queue depth 4 | capacity 4
///     6 Failed       reason text | sentence, all that is left
///     7 Adapt        preset text | frame divisor 1 | number of rungs left out 1 | rendition text*
///     8 PosterFrame  stream text | length 4 | log entry (TrackFormatChanged) | payload, all that is
///                    left
///     9 Poster       stream text | JPEG, all that is left
///     10 ChangeBitrates  number of rungs 1 | rung*
///       rung         rendition text | width 2 | height 2 | frame divisor 1 | bitrate 4 | peak 4
///
/// A text is its length (1) and its ASCII; sentences are UTF-8. Integers are big-endian.
///
/// *Thread-safe.*
public final class WorkerProtocol {
  /// The version of both sides.
  public static final int VERSION = 4;

  /// No message is longer, without its length field.
  public static final int MAX_MESSAGE_BYTES = LogWireFormat.MAX_ENTRY_BYTES + 256;

  private static final int START_JOB = 1;
  private static final int SOURCE_ENTRY = 2;
  private static final int READY = 3;
  private static final int RUNG_ENTRY = 4;
  private static final int PROGRESS = 5;
  private static final int FAILED = 6;
  private static final int ADAPT = 7;
  private static final int POSTER_FRAME = 8;
  private static final int POSTER = 9;
  private static final int CHANGE_BITRATES = 10;

  private WorkerProtocol() {}

  /// A message with its length in front.
  public static Bytes write(WorkerMessage message) {
    ByteWriter out = new ByteWriter();
    int mark = out.markU32();
    switch (message) {
      case StartJob start -> writeJob(start.job(), out.u8(START_JOB).u8(VERSION));
      case SourceEntry source -> LogWireFormat.write(source.entry(), out.u8(SOURCE_ENTRY));
      case Ready ready -> out.u8(READY).u8(VERSION).utf8(ready.encoder());
      case RungEntry rung -> {
        writeText(rung.rendition().value(), out.u8(RUNG_ENTRY));
        LogWireFormat.write(rung.entry(), out);
      }
      case Progress progress -> writeProgress(progress.progress(), out.u8(PROGRESS));
      case Failed failed -> {
        writeText(failed.reason(), out.u8(FAILED));
        out.utf8(failed.sentence());
      }
      case Adapt adapt -> writeEffort(adapt.effort(), out.u8(ADAPT));
      case PosterFrame frame -> writePosterFrame(frame, out.u8(POSTER_FRAME));
      case Poster poster -> {
        writeText(poster.stream().value(), out.u8(POSTER));
        out.bytes(poster.jpeg());
      }
      case ChangeBitrates change -> {
        out.u8(CHANGE_BITRATES).u8(change.rungs().size());
        change.rungs().forEach(rung -> writeRung(rung, out));
      }
    }
    out.patchU32(mark, out.length() - mark - 4L);
    return out.toBytes();
  }

  /// Reads a message without its length field. The payload of a frame shares the memory of `bytes`.
  ///
  /// @throws MalformedMediaException when they are not what [#write] makes
  /// @throws UnsupportedMediaException when the other side is of another version
  public static WorkerMessage read(Bytes bytes) {
    requireWithinLimit(bytes.length());
    ByteReader in = new ByteReader(bytes, "worker-message");
    int type = in.u8();
    try {
      WorkerMessage message =
          switch (type) {
            case START_JOB -> new StartJob(readJob(in));
            case SOURCE_ENTRY -> new SourceEntry(LogWireFormat.read(in.rest()));
            case READY -> {
              requireVersion(in.u8());
              yield new Ready(in.utf8(in.remaining()));
            }
            case RUNG_ENTRY ->
                new RungEntry(new RenditionId(readText(in)), LogWireFormat.read(in.rest()));
            case PROGRESS ->
                new Progress(
                    new WorkerProgress(
                        in.u64(), in.u64(), in.float64(), in.float64(), in.s32(), in.s32()));
            case FAILED -> new Failed(readText(in), in.utf8(in.remaining()));
            case ADAPT -> new Adapt(readEffort(in));
            case POSTER_FRAME -> readPosterFrame(in);
            case POSTER -> new Poster(new StreamId(readText(in)), in.rest());
            case CHANGE_BITRATES -> readBitrates(in);
            default -> throw malformed("type %d (expected: 1..10)".formatted(type));
          };
      if (!in.isExhausted()) {
        throw malformed("%d bytes left (expected: none)".formatted(in.remaining()));
      }
      return message;
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  /// @throws LimitExceededException when a message is longer than [#MAX_MESSAGE_BYTES]
  static void requireWithinLimit(long length) {
    if (length > MAX_MESSAGE_BYTES) {
      throw new LimitExceededException("worker-message-bytes", length, MAX_MESSAGE_BYTES);
    }
  }

  private static void writeJob(TranscodeJob job, ByteWriter out) {
    out.u8(job.track().kind() == TrackKind.VIDEO ? 0 : 1)
        .u8(job.track().index())
        .float64(job.frameRate());
    writeText(job.preset().label(), out);
    out.u8(job.rungs().size());
    for (RungJob rungJob : job.rungs()) {
      writeRung(rungJob.rung(), out);
      out.u64(rungJob.lastDts()).u64(rungJob.lastSegment());
    }
    AudioJob audio = job.audio();
    out.u8(audio == null ? 0 : 1);
    if (audio != null) {
      writeAudio(audio, out);
    }
  }

  private static void writeRung(Rung rung, ByteWriter out) {
    writeText(rung.rendition().value(), out);
    out.u16(rung.width())
        .u16(rung.height())
        .u8(rung.frameDivisor())
        .u32(rung.bitrateBps())
        .u32(rung.peakBps());
  }

  private static Rung readRung(ByteReader in) {
    return new Rung(new RenditionId(readText(in)), in.u16(), in.u16(), in.u8(), in.u32(), in.u32());
  }

  private static ChangeBitrates readBitrates(ByteReader in) {
    int count = in.u8();
    List<Rung> rungs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rungs.add(readRung(in));
    }
    return new ChangeBitrates(rungs);
  }

  private static void writeAudio(AudioJob audio, ByteWriter out) {
    AudioRung rung = audio.rung();
    writeText(rung.rendition().value(), out.u8(audio.track().index()));
    out.u32(rung.sampleRate())
        .u8(rung.channels())
        .u32(rung.bitrateBps())
        .u64(audio.lastDts())
        .u64(audio.lastSegment());
  }

  private static TranscodeJob readJob(ByteReader in) {
    requireVersion(in.u8());
    int kind = in.u8();
    if (kind > 1) {
      throw malformed("kind of track %d (expected: 0 or 1)".formatted(kind));
    }
    TrackId track = new TrackId(kind == 0 ? TrackKind.VIDEO : TrackKind.AUDIO, in.u8());
    double frameRate = in.float64();
    EncoderPreset preset = readPreset(in);
    int count = in.u8();
    List<RungJob> rungs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rungs.add(new RungJob(readRung(in), in.u64(), in.u64()));
    }
    int sounds = in.u8();
    if (sounds > 1) {
      throw malformed("%d sounds (expected: 0 or 1)".formatted(sounds));
    }
    return new TranscodeJob(track, frameRate, preset, rungs, sounds == 0 ? null : readAudio(in));
  }

  private static AudioJob readAudio(ByteReader in) {
    TrackId track = new TrackId(TrackKind.AUDIO, in.u8());
    AudioRung rung = new AudioRung(new RenditionId(readText(in)), in.s32(), in.u8(), in.u32());
    return new AudioJob(track, rung, in.u64(), in.u64());
  }

  private static void writeEffort(Effort effort, ByteWriter out) {
    writeText(effort.preset().label(), out);
    out.u8(effort.frameDivisor()).u8(effort.leftOut().size());
    effort.leftOut().forEach(rendition -> writeText(rendition.value(), out));
  }

  private static Effort readEffort(ByteReader in) {
    EncoderPreset preset = readPreset(in);
    int frameDivisor = in.u8();
    int count = in.u8();
    List<RenditionId> leftOut = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leftOut.add(new RenditionId(readText(in)));
    }
    return new Effort(preset, frameDivisor, leftOut);
  }

  private static EncoderPreset readPreset(ByteReader in) {
    String label = readText(in);
    return EncoderPreset.of(label)
        .orElseThrow(
            () ->
                malformed(
                    "preset '%s' (expected: one of %s)".formatted(label, EncoderPreset.labels())));
  }

  private static void writeProgress(WorkerProgress progress, ByteWriter out) {
    out.u64(progress.pictures())
        .u64(progress.droppedFrames())
        .float64(progress.speed())
        .float64(progress.busyShare())
        .u32(progress.queueDepth())
        .u32(progress.queueCapacity());
  }

  private static void writePosterFrame(PosterFrame frame, ByteWriter out) {
    writeText(frame.stream().value(), out);
    int mark = out.markU32();
    LogWireFormat.write(new TrackFormatChanged(TrackId.VIDEO, frame.format()), out);
    out.patchU32(mark, out.length() - mark - 4L);
    out.bytes(frame.payload());
  }

  private static PosterFrame readPosterFrame(ByteReader in) {
    StreamId stream = new StreamId(readText(in));
    if (LogWireFormat.read(in.bytes(in.u32())) instanceof TrackFormatChanged(var track, var format)
        && track.equals(TrackId.VIDEO)
        && format instanceof VideoFormat video) {
      return new PosterFrame(stream, video, in.rest());
    }
    throw malformed(
        "a keyframe without its format (expected: that of %s)".formatted(TrackId.VIDEO));
  }

  private static void requireVersion(int version) {
    if (version != VERSION) {
      throw new UnsupportedMediaException(
          "worker-version",
          "the other side speaks version %d (expected: %d); run the worker of the same release"
              .formatted(version, VERSION));
    }
  }

  private static void writeText(String text, ByteWriter out) {
    Bytes utf8 = Bytes.ofUtf8(text);
    if (utf8.length() > 0xff) {
      throw new IllegalArgumentException(
          "text of %d bytes (expected: <= 255)".formatted(utf8.length()));
    }
    out.u8(utf8.length()).bytes(utf8);
  }

  private static String readText(ByteReader in) {
    Bytes text = in.bytes(in.u8());
    for (int i = 0; i < text.length(); i++) {
      if (text.get(i) < 0) {
        throw malformed("a name of %s (expected: ASCII)".formatted(text));
      }
    }
    return text.toUtf8();
  }

  private static MalformedMediaException malformed(String what) {
    return new MalformedMediaException("bad-worker-message", "worker message with " + what);
  }
}
