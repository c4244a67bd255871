package nova.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.core.NanoClock;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.WorkerProgress;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import nova.media.TrackFormat.VideoFormat;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/// Reads the source's log: decodes its video track once and feeds the cascade, and passes
/// everything on to the sound.
///
/// *Confined to its creator's thread.*
final class SourceFeed implements AutoCloseable {
  private final TrackId track;
  private final ScaleCascade cascade;
  private final @Nullable AudioStage audio;
  private final ProgressMeter meter;
  private final BusyMeter busy;
  private final List<BusyMeter> threads = new ArrayList<>();
  private final PictureOrder order = new PictureOrder();
  private @Nullable EpochStarted epoch;
  private @Nullable Decoder decoder;
  private Timescale timescale = Timescale.VIDEO;
  private boolean awaitsKeyframe = true;
  private long skippedFrames;
  private boolean unreported; // whether something came since the last report
  private boolean closed;

  /// @param audio null where no sound is encoded
  SourceFeed(TrackId track, ScaleCascade cascade, @Nullable AudioStage audio, NanoClock clock) {
    this.track = track;
    this.cascade = cascade;
    this.audio = audio;
    this.meter = new ProgressMeter(clock);
    this.busy = new BusyMeter(clock);
    this.threads.add(busy);
    this.threads.addAll(cascade.meters());
    if (audio != null) {
      threads.add(audio.meter());
    }
  }

  /// Takes the next entry.
  void accept(LogEntry entry) throws InterruptedException {
    if (audio != null) {
      audio.submit(entry);
    }
    unreported = true;
    busy.resume();
    take(entry);
    busy.pause();
  }

  private void take(LogEntry entry) throws InterruptedException {
    switch (entry) {
      case EpochStarted started -> begin(started);
      case TrackFormatChanged changed -> {
        if (changed.track().equals(track) && !cascade.isEmpty()) {
          open(changed.format());
        }
      }
      case LoggedFrame logged -> {
        if (logged.frame().track().equals(track) && !cascade.isEmpty()) {
          decode(logged);
        }
      }
      case EpochEnded ended -> {
        finishPictures();
        cascade.boundary(ended);
      }
      case StreamClosed over -> {
        closed = true;
        cascade.boundary(over);
      }
    }
  }

  /// Whether the stream was closed; nothing follows.
  boolean isClosed() {
    return closed;
  }

  /// What to report, or null when that was done less than a second ago, or nothing came since.
  @Nullable WorkerProgress progressDue() {
    if (!unreported) {
      return null;
    }
    WorkerProgress progress =
        meter.due(
            skippedFrames + order.lost(), threads, cascade.queueDepth(), RungStage.QUEUE_CAPACITY);
    unreported = progress == null;
    return progress;
  }

  /// How long a source that pauses may be waited for before [#progressDue] is to be asked again.
  /// What came last may give no picture, and the server must know that it was taken all the same.
  Duration untilProgress() {
    return unreported ? meter.untilDue() : ProgressMeter.INTERVAL;
  }

  private void begin(EpochStarted started) throws InterruptedException {
    finishPictures();
    meter.gap();
    if (epoch != null && epoch.epoch().equals(started.epoch())) {
      cascade.gap(); // the log dropped what we were too slow for, and goes on at a keyframe
    } else {
      epoch = started;
      cascade.boundary(started);
    }
  }

  private void open(TrackFormat format) {
    close();
    if (format instanceof VideoFormat video) {
      decoder = new Decoder(video);
      timescale = video.timescale();
    }
    awaitsKeyframe = true;
  }

  private void decode(LoggedFrame logged) throws InterruptedException {
    MediaFrame frame = logged.frame();
    Decoder open = decoder;
    if (open == null || frame.payload().isEmpty() || (awaitsKeyframe && !frame.keyframe())) {
      skippedFrames++;
      return;
    }
    awaitsKeyframe = false;
    order.add(logged);
    open.decode(frame, this::picture);
  }

  private void picture(AVFrame picture) throws InterruptedException {
    FramePlacement placement = order.take(picture.pts());
    if (placement != null) {
      meter.picture(placement.pts(), timescale);
      busy.pause();
      cascade.submit(picture, placement);
      busy.resume();
    }
  }

  private void finishPictures() throws InterruptedException {
    if (decoder != null) {
      decoder.drain(this::picture);
    }
    order.clear();
    awaitsKeyframe = true;
  }

  @Override
  public void close() {
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
  }
}
