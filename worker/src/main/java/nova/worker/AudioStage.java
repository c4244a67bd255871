package nova.worker;

import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.AudioJob;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/// The thread of the sound: decodes each frame of the source and encodes it again.
///
/// Implementation overview. Encoded frames lie on a grid of 1024 samples that begins with the first
/// decoded sample of an epoch, so what is decoded of the frame at `dts` is what was decoded of the
/// source at `dts`: the frames in which the encoder only warms up carry times before the first
/// sample, and are left out. Times decide, not counts: sound that is missing for a short while
/// becomes silence, after more the grid begins anew, and sound that comes twice is left out. A
/// worker that takes over goes on with the grid of the last frame, and encodes a little of what is
/// there already, so that its first frame fits the one before. Where the picture goes on without
/// sound, silence follows it; see [AudioSilence].
///
/// *Confined to its own thread*, but for [#submit] and [#join].
final class AudioStage {
  private static final int QUEUE_CAPACITY = 64;

  // A longer hole is left as the source has it.
  private static final Duration LONGEST_SILENCE = Duration.ofMillis(500);

  // Where the rate changes, some samples are in the resampler.
  private static final Duration TOLERANCE = Duration.ofMillis(2);

  private final BlockingQueue<LogEntry> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final AudioRung rung;
  private final TrackId track;
  private final TrackId videoTrack;
  private final Timescale timescale;
  private final AudioPlaces places;
  private final AudioResampler resampler;
  private final RungLog log;
  private final BusyMeter busy;
  private final Thread thread;
  private boolean begun;
  private boolean announced; // the epoch, in the rung's log
  private @Nullable EpochStarted epoch;
  private @Nullable Decoder decoder;
  private @Nullable AudioFormat source;
  private @Nullable Timescale video;
  private @Nullable AudioSilence silence; // from the first frame of an epoch on
  private @Nullable AudioRun run;

  private AudioStage(
      AudioJob job,
      TrackId videoTrack,
      WorkerMessageWriter out,
      BusyMeter busy,
      ThreadFactory threads,
      Consumer<Throwable> onFailure) {
    this.rung = job.rung();
    this.track = job.track();
    this.videoTrack = videoTrack;
    this.timescale = new Timescale(rung.sampleRate());
    this.places = new AudioPlaces(job);
    this.resampler = new AudioResampler(rung);
    this.log = new RungLog(rung.rendition(), track, out);
    this.busy = busy;
    this.begun = job.resumes();
    this.thread = threads.newThread(() -> run(onFailure));
    thread.setName("rung-" + rung.rendition());
  }

  /// Starts to take entries.
  ///
  /// @param videoTrack whose frames tell how far the broadcast is
  /// @param onFailure called on the thread of the sound when it cannot go on
  static AudioStage start(
      AudioJob job,
      TrackId videoTrack,
      WorkerMessageWriter out,
      BusyMeter busy,
      ThreadFactory threads,
      Consumer<Throwable> onFailure) {
    AudioStage stage = new AudioStage(job, videoTrack, out, busy, threads, onFailure);
    stage.thread.start();
    return stage;
  }

  /// Queues the next entry of the source's log, of any track; waits while the queue is full.
  void submit(LogEntry entry) throws InterruptedException {
    queue.put(entry);
  }

  /// Waits until all is done after the stream was closed.
  void join() throws InterruptedException {
    thread.join();
  }

  /// How busy the thread is.
  BusyMeter meter() {
    return busy;
  }

  private void run(Consumer<Throwable> onFailure) {
    try {
      boolean open = true;
      while (open) {
        LogEntry entry = queue.take();
        busy.resume();
        open = take(entry);
        busy.pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    } finally {
      closeRun();
      closeDecoder();
      resampler.close();
    }
  }

  /// Whether more will come.
  private boolean take(LogEntry entry) throws InterruptedException {
    switch (entry) {
      case EpochStarted started -> begin(started);
      case TrackFormatChanged changed -> format(changed.track(), changed.format());
      case LoggedFrame logged -> frame(logged);
      case EpochEnded ended -> {
        finishEpoch();
        if (begun) {
          log.append(ended);
        }
      }
      case StreamClosed closed -> {
        finishEpoch();
        log.append(closed);
        return false;
      }
    }
    return true;
  }

  private void begin(EpochStarted started) {
    if (epoch != null && epoch.epoch().equals(started.epoch())) {
      return; // the log dropped what we were too slow for; times tell what is missing
    }
    finishEpoch();
    epoch = started;
    announced = false;
    video = null;
    closeDecoder();
  }

  private void format(TrackId of, TrackFormat format) {
    if (of.equals(videoTrack)) {
      video = format.timescale();
    } else if (of.equals(track) && format instanceof AudioFormat audio) {
      closeDecoder();
      decoder = new Decoder(audio);
      source = audio;
    }
  }

  private void frame(LoggedFrame logged) throws InterruptedException {
    AudioSilence silent = silence;
    if (silent == null) { // all formats of an epoch precede its frames
      Duration patience = decoder == null ? Duration.ZERO : AudioSilence.PATIENCE;
      silent = new AudioSilence(timescale, patience, afterLast());
      silence = silent;
    }
    TrackId of = logged.frame().track();
    if (of.equals(track)) {
      sound(logged, silent);
    } else if (of.equals(videoTrack) && video != null) {
      addSilence(silent.follow(logged, video), silent.heard());
    }
  }

  private void sound(LoggedFrame logged, AudioSilence silent) throws InterruptedException {
    Decoder open = decoder;
    AudioFormat format = source;
    if (open == null || format == null || logged.frame().payload().isEmpty()) {
      return;
    }
    long dts = logged.frame().dts();
    long start = ticks(dts, format);
    long end = ticks(dts + format.samplesPerFrame(), format);
    AudioSpan span =
        new AudioSpan(
            start, logged.segment(), logged.cut(), logged.arrivedAt(), logged.wallClock());
    open.decode(
        logged.frame(),
        samples -> { // not for damaged sound, which is as none
          if (silent.sound(start, end)) {
            decoded(span, samples);
          }
        });
  }

  private void decoded(AudioSpan span, AVFrame decoded) {
    AudioRun before = run;
    AudioRun open = runFor(span);
    if (open == null) {
      return;
    }
    places.add(span);
    long twice = open.next() - span.start();
    boolean skips = open != before || twice > samples(TOLERANCE);
    open.add(resampler.resample(decoded), skips ? Math.toIntExact(twice) : 0);
  }

  /// What the samples of a span go into, which is as far as they are.
  private @Nullable AudioRun runFor(AudioSpan span) {
    if (run != null) {
      long missing = span.start() - run.next();
      if (missing <= samples(TOLERANCE)) {
        return run;
      }
      resampler.reset();
      if (missing <= samples(LONGEST_SILENCE)) {
        run.addSilence(span.start());
        return run;
      }
      finishRun();
    }
    run = beginRun(span);
    return run;
  }

  private void addSilence(List<AudioSpan> spans, long until) {
    for (AudioSpan span : spans) {
      if (run == null) {
        run = beginRun(span);
      }
      if (run != null) {
        places.add(span);
      }
    }
    if (run != null && !spans.isEmpty()) {
      run.addSilence(until);
    }
  }

  /// Begins to encode with a span, or with the next frame of the grid that the rung has.
  ///
  /// @return null when the rung cannot go on there
  private @Nullable AudioRun beginRun(AudioSpan span) {
    long last = places.lastDts();
    if (last != RungJob.NOTHING && span.start() <= last + AudioRung.FRAME_SAMPLES) {
      long frames = Math.ceilDiv(span.start() - last, (long) AudioRung.FRAME_SAMPLES);
      return new AudioRun(rung, last + frames * AudioRung.FRAME_SAMPLES, this::encoded);
    }
    return places.mayBeginAt(span) ? new AudioRun(rung, span.start(), this::encoded) : null;
  }

  private void encoded(long sample, Bytes payload) {
    LoggedFrame frame = places.place(sample, payload);
    if (frame == null) {
      return;
    }
    EpochStarted started = epoch;
    AudioRun open = run;
    if (!announced && started != null && open != null) {
      announced = true;
      begun = true;
      log.append(started);
      log.append(new TrackFormatChanged(track, open.format()));
    }
    log.append(frame);
  }

  private void finishEpoch() {
    if (silence != null && video != null) {
      addSilence(silence.rest(video), silence.heard());
    }
    silence = null;
    finishRun();
    resampler.reset();
  }

  private void finishRun() {
    if (run != null) {
      run.finish();
      closeRun();
    }
    places.clear();
  }

  private long afterLast() {
    long last = places.lastDts();
    return last == RungJob.NOTHING ? last : last + AudioRung.FRAME_SAMPLES;
  }

  private long ticks(long time, AudioFormat of) {
    return of.timescale().rescale(time, timescale, RoundingMode.HALF_UP);
  }

  private long samples(Duration duration) {
    return timescale.fromDuration(duration, RoundingMode.CEILING);
  }

  private void closeRun() {
    if (run != null) {
      run.close();
      run = null;
    }
  }

  private void closeDecoder() {
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
  }
}
