package nova.packager;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.RenditionId;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import nova.framelog.RungRun;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.media.MediaFrame;
import nova.media.TrackFormat.VideoFormat;

/// The log of a rung, made as a worker makes it: the source's video entries with other payloads, in
/// presentation order, with a keyframe at every cut and nowhere else.
///
/// *Confined to its test.*
final class SyntheticRung {
  static final RenditionId SMALL = new RenditionId("480p");
  static final RenditionId LARGE = new RenditionId("1080p");
  static final RenditionId AAC = new RenditionId("aac");

  // Segments 1 to 3, and 4 to 6: so few that none is declared a gap, whichever thread is first.
  static final Sent FIRST = new Sent(SyntheticBroadcast.usual(6), Duration.ZERO);
  static final Sent SECOND = new Sent(SyntheticBroadcast.usual(6), Duration.ofSeconds(6));

  private final PackagedStream stream;
  private final RungRun run;
  private FrameLogWriter writer;

  /// Opens the run's log and says so.
  SyntheticRung(PackagedStream stream, RenditionId rendition, int run) {
    this.stream = stream;
    this.run = new RungRun(PackagedStream.STREAM, rendition, run);
    this.writer = stream.rungs.openWriter(this.run);
    stream.publish(new RungStarted(PackagedStream.STREAM, Instant.EPOCH, rendition, run));
  }

  /// Another worker takes over the run.
  void takeOver() {
    writer = stream.rungs.openWriter(run);
  }

  void write(List<LogEntry> entries) {
    entries.forEach(writer::append);
  }

  /// Ends the log in the middle of whatever it is in.
  void close() {
    writer.append(new StreamClosed(true, "over"));
  }

  /// An epoch of the source and how long after the stream's start it begins.
  record Sent(SyntheticBroadcast broadcast, Duration after) {}

  /// What the source's log has after these epochs, up to the end of the last.
  static List<LogEntry> source(Sent... epochs) {
    InProcessFrameLog scratch =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
    StreamId id = PackagedStream.STREAM;
    StreamLogWriter log = new StreamLogWriter(scratch.openWriter(id));
    for (Sent sent : epochs) {
      var _ = log.startEpoch(sent.broadcast.formats(), SyntheticBroadcast.BEGIN.plus(sent.after));
      sent.broadcast.arrivals().forEach(a -> log.append(a.frame(), a.at().plus(sent.after)));
    }
    log.endEpoch(LogEntry.EpochEnd.FINISHED);
    return entries(scratch);
  }

  /// What a source's log has.
  static List<LogEntry> entries(FrameLog log) {
    List<LogEntry> all = new ArrayList<>();
    try (FrameLogReader reader = log.openReader(PackagedStream.STREAM, LogPosition.EARLIEST)) {
      for (List<LogEntry> some = reader.read(Duration.ZERO);
          !some.isEmpty();
          some = reader.read(Duration.ZERO)) {
        all.addAll(some);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  /// What a worker makes of the source's entries.
  static List<LogEntry> encoded(List<LogEntry> source, int height) {
    List<LogEntry> rung = new ArrayList<>();
    List<LoggedFrame> epoch = new ArrayList<>();
    for (LogEntry entry : source) {
      switch (entry) {
        case EpochStarted _ -> rung.add(entry);
        case TrackFormatChanged(TrackId track, _) -> {
          if (track.equals(TrackId.VIDEO)) {
            rung.add(new TrackFormatChanged(track, format(height)));
          }
        }
        case LoggedFrame frame -> {
          if (frame.frame().track().equals(TrackId.VIDEO)) {
            epoch.add(frame);
          }
        }
        case EpochEnded _, StreamClosed _ -> {
          rung.addAll(pictures(epoch, height));
          epoch.clear();
          rung.add(entry);
        }
      }
    }
    return rung;
  }

  private static List<LogEntry> pictures(List<LoggedFrame> epoch, int height) {
    List<LoggedFrame> shown =
        epoch.stream().sorted(Comparator.comparingLong(frame -> frame.frame().pts())).toList();
    List<LogEntry> pictures = new ArrayList<>();
    for (int i = 0; i < epoch.size(); i++) {
      LoggedFrame place = epoch.get(i);
      MediaFrame picture =
          new MediaFrame(
              TrackId.VIDEO,
              place.frame().dts(),
              shown.get(i).frame().pts(),
              place.cut(),
              Bytes.ofHex("00000004%08x".formatted(height * 31 + i)));
      pictures.add(
          new LoggedFrame(
              picture, place.arrivedAt(), shown.get(i).wallClock(), place.segment(), place.cut()));
    }
    return pictures;
  }

  /// The entries without the frames of some segments.
  static List<LogEntry> without(List<LogEntry> entries, Predicate<Long> segments) {
    return entries.stream()
        .filter(entry -> !(entry instanceof LoggedFrame f && segments.test(f.segment())))
        .toList();
  }

  /// The entries with the frames of some segments changed.
  static List<LogEntry> changed(
      List<LogEntry> entries, Predicate<Long> segments, UnaryOperator<MediaFrame> change) {
    return entries.stream()
        .map(
            entry ->
                entry instanceof LoggedFrame f && segments.test(f.segment())
                    ? new LoggedFrame(
                        change.apply(f.frame()), f.arrivedAt(), f.wallClock(), f.segment(), f.cut())
                    : entry)
        .toList();
  }

  static VideoFormat format(int height) {
    VideoFormat source = SyntheticBroadcast.usual(1).videoFormat();
    return new VideoFormat(
        source.codec(),
        Timescale.VIDEO,
        source.codecString(),
        height * 16 / 9,
        height,
        source.pixelAspectRatio(),
        30,
        source.configuration());
  }

  /// What a worker makes of epochs, of 480 lines.
  static List<LogEntry> encoded(Sent... epochs) {
    return encoded(source(epochs), 480);
  }

  /// The entries before a segment.
  static List<LogEntry> upTo(List<LogEntry> entries, long number) {
    return entries.subList(0, indexOf(entries, number));
  }

  /// The entries from the first frame of a segment on.
  static List<LogEntry> from(List<LogEntry> entries, long number) {
    return entries.subList(indexOf(entries, number), entries.size());
  }

  static int indexOf(List<LogEntry> entries, long number) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) instanceof LoggedFrame frame && frame.segment() >= number) {
        return i;
      }
    }
    return entries.size();
  }

  /// The source's sound as it is, so many samples later.
  static List<LogEntry> ofSound(long later, Sent... epochs) {
    List<LogEntry> sound = new ArrayList<>();
    for (LogEntry entry : source(epochs)) {
      switch (entry) {
        case TrackFormatChanged changed when !changed.track().equals(TrackId.AUDIO) -> {}
        case LoggedFrame f when f.frame().track().equals(TrackId.AUDIO) -> {
          long dts = f.frame().dts() + later;
          MediaFrame frame = new MediaFrame(TrackId.AUDIO, dts, dts, true, f.frame().payload());
          sound.add(new LoggedFrame(frame, f.arrivedAt(), f.wallClock(), f.segment(), f.cut()));
        }
        case LoggedFrame _ -> {}
        default -> sound.add(entry);
      }
    }
    return sound;
  }
}
