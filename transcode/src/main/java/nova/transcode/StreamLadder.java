package nova.transcode;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nova.core.NanoClock;
import nova.core.StreamEvent.RungsFailed;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.LogPosition;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.WorkerProgress;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import nova.transcode.StreamInbox.News;
import nova.transcode.TranscodeBudget.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The ladder of one stream, from its first epoch to its end: plans it when the source has been
/// measured, has it encoded, and plans again when the source changes.
///
/// *Confined to its stream's thread*, but for the listener.
final class StreamLadder {
  private static final Logger log = LoggerFactory.getLogger(StreamLadder.class);

  /// Longer groups of pictures are not waited for: they are as good as known to be too long.
  private static final Duration MEASURING = Duration.ofSeconds(5);

  private static final long LONG_INTERVAL_MS = MEASURING.toMillis();
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration FIRST_ENTRY = Duration.ofSeconds(1);
  private static final Duration LAST_FRAMES = Duration.ofSeconds(15);

  /// What a worker counts that has hardly anything to encode, such as sound alone: a process.
  private static final long LEAST_PIXELS = 2_000_000;

  private static final String NOTHING_TO_DECODE =
      "; no frame of the source can be decoded, and its rungs wait until one can";

  private static final double DECLARED_TOLERANCE = 0.1;
  private static final double MEASURED_TOLERANCE = 0.04; // over a few seconds, with jitter
  private static final List<Double> COMMON_RATES =
      List.of(15.0, 20.0, 24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 90.0, 100.0, 120.0);

  private final StreamId stream;
  private final TranscodeConfig config;
  private final TranscodePorts ports;
  private final TranscodeBudget budget;
  private final WorkerState worker;
  private final StreamInbox inbox;
  private final NanoClock clock;
  private final LadderAnnouncer announcer;

  private int runs;
  private boolean planDue;
  private long planDueSinceNs;
  private @Nullable StreamHealth health;
  private @Nullable TranscodeTask task;
  private @Nullable NewestEpoch planned; // whose formats the task is for
  private @Nullable NewestEpoch failedOn;
  private @Nullable TranscodeSupervisor supervisor;
  private @Nullable EffortControl effort;
  private @Nullable BitrateRaise raise; // of the plan that is followed

  StreamLadder(
      StreamId stream,
      TranscodeConfig config,
      TranscodePorts ports,
      TranscodeBudget budget,
      WorkerState worker,
      StreamInbox inbox) {
    this.stream = stream;
    this.config = config;
    this.ports = ports;
    this.budget = budget;
    this.worker = worker;
    this.inbox = inbox;
    this.clock = ports.clock();
    this.announcer = new LadderAnnouncer(stream, ports);
  }

  /// Works until the stream is over.
  void run() throws InterruptedException {
    try {
      News news = inbox.take(LOOK);
      while (!news.over()) {
        hear(news);
        if (planDue && supervisor == null && isMeasured()) {
          planDue = false;
          plan();
        }
        news = inbox.take(LOOK);
      }
      TranscodeSupervisor last = supervisor;
      if (last != null && !last.awaitEnd(LAST_FRAMES)) {
        log.atWarn().addKeyValue("stream", stream).log("the rungs do not end with their source");
      }
    } finally {
      if (supervisor != null) {
        supervisor.close();
      }
      giveBack();
    }
  }

  private void hear(News news) throws InterruptedException {
    if (news.epochBegan()) {
      health = null; // of the epoch before
      if (task == null) { // otherwise the supervisor sees whether it still fits
        due();
      }
    }
    if (news.health() != null) {
      health = news.health();
      measured(news.health());
    }
    if (effort != null && news.workerStarted()) {
      effort.workerStarted();
    }
    if (news.sample() != null && supervisor != null) {
      announcer.remark(news.sample().blank() ? NOTHING_TO_DECODE : "");
    }
    if (effort != null && news.sample() != null) {
      effort.judge(news.sample());
    }
    if (news.end() != null) {
      ended(news.end());
    }
    if (news.retry() && task == null) {
      due();
    }
  }

  private void due() {
    planDue = true;
    planDueSinceNs = clock.nanoTime();
  }

  private boolean isMeasured() {
    StreamHealth known = health;
    return clock.nanoTime() - planDueSinceNs > MEASURING.toNanos()
        || (known != null
            && known.videoBitrateBps() > 0
            && known.frameRate() > 0
            && known.keyframeIntervalMs() > 0);
  }

  private void ended(TranscodeEnd end) {
    supervisor = null;
    effort = null;
    raise = null;
    switch (end) {
      case TranscodeEnd.SourceChanged _ -> {
        budget.overloaded(stream, false);
        announcer.forget();
        due(); // with its part of the budget, which nobody else gets in between
      }
      case TranscodeEnd.SourceOver _, TranscodeEnd.Stopped _ -> {
        task = null;
        giveBack();
      }
      case TranscodeEnd.Failed(WorkerFailure last) -> {
        giveBack();
        failedOn = planned;
        task = null;
        if (last.isForAll()) {
          worker.missing(last.sentence());
        }
        ports.metrics().rungsFailed(last.reason());
        ports
            .events()
            .publish(
                new RungsFailed(
                    stream, ports.instants().instant(), last.reason(), last.sentence()));
        announcer.sourceOnly("encoding failed: " + last.sentence());
        due(); // the source may go on in another format by now
      }
    }
  }

  private void plan() throws InterruptedException {
    Optional<NewestEpoch> newest = NewestEpoch.read(ports.frames(), stream, FIRST_ENTRY);
    boolean continues = task != null;
    task = null;
    raise = null;
    if (newest.isEmpty()) {
      giveBack();
      announcer.sourceOnly("the stream has no media");
      return;
    }
    if (failedOn != null && failedOn.hasFormatsOf(newest.get())) {
      return; // another worker would meet the same media
    }
    failedOn = null;
    NewestEpoch now = newest.get();
    planned = now;
    VideoFormat video = now.video();
    AudioFormat sound = now.audio();
    StreamHealth measured = health;
    double frameRate = video == null ? 0 : frameRate(video, measured);
    LadderSource source = video == null ? null : source(video, sound, frameRate, measured);
    List<LadderStep> steps = ports.ladder().steps();
    LadderPlan plan =
        source == null
            ? LadderPlanner.planWithoutVideo(sound, config.ladder())
            : LadderPlanner.plan(source, steps, config.ladder());
    if (source != null) {
      raise = new BitrateRaise(source, steps, plan.rungs(), config.ladder());
    }
    if (plan.isEmpty()) {
      giveBack();
      announcer.sourceOnly(plan.reason());
      return;
    }
    String asItCame = asItCame(plan, sound);
    String missing = worker.missing();
    if (missing != null) {
      giveBack();
      ports.metrics().refused("no-worker");
      announcer.sourceOnly("nothing can be encoded: " + missing + asItCame);
      return;
    }
    Optional<Refusal> refusal = budget(plan, frameRate);
    if (refusal.isPresent()) {
      ports.metrics().refused(refusal.get().reason());
      announcer.sourceOnly("nothing is encoded: " + refusal.get().sentence() + asItCame);
      return;
    }
    ports.metrics().running(budget.streams());
    announcer.announce(
        plan.sourceIsRung() || plan.rungs().isEmpty(),
        plan.audioPassesThrough(),
        plan.renditions(),
        plan.reason());
    TranscodeTask next =
        new TranscodeTask(
            TrackId.VIDEO,
            video,
            frameRate,
            config.ladder().encoderPreset(),
            plan.rungs(),
            plan.audio(),
            continues ? LogPosition.fromSegment(now.firstSegment()) : LogPosition.LATEST_KEYFRAME,
            now.epoch());
    task = next;
    TranscodeSupervisor started =
        TranscodeSupervisor.start(
            stream, next, () -> runs++, config.worker(), ports, new Listener());
    supervisor = started;
    effort =
        plan.rungs().isEmpty()
            ? null
            : new EffortControl(stream, plan, config, started, budget, announcer, ports);
  }

  private void measured(StreamHealth now) {
    if (raise != null) {
      raise.raised(now.videoBitrateBps(), clock.nanoTime()).ifPresent(this::raise);
    }
  }

  private void raise(List<Rung> rungs) {
    TranscodeTask running = task;
    TranscodeSupervisor encoding = supervisor;
    if (running == null) {
      due(); // it had too little for any rung
    } else if (encoding != null && !running.rungs().isEmpty()) {
      encoding.change(rungs);
      log.atInfo()
          .addKeyValue("stream", stream)
          .log("the source has a higher bitrate than at its start, and its rungs get more, too");
    }
  }

  private Optional<Refusal> budget(LadderPlan plan, double frameRate) {
    long pixels = Math.max(LEAST_PIXELS, pixelsPerSecond(plan.rungs(), frameRate));
    return budget.take(stream, pixels, inbox::retry);
  }

  private static String asItCame(LadderPlan plan, @Nullable AudioFormat sound) {
    return plan.audioPassesThrough() || sound == null
        ? ""
        : "; sound goes on as it came, as %s, which not every player takes"
            .formatted(sound.codecString());
  }

  private LadderSource source(
      VideoFormat video,
      @Nullable AudioFormat sound,
      double frameRate,
      @Nullable StreamHealth measured) {
    return new LadderSource(
        video,
        sound,
        frameRate,
        measured == null ? 0 : measured.videoBitrateBps(),
        measured == null || measured.keyframeIntervalMs() == 0
            ? LONG_INTERVAL_MS
            : measured.keyframeIntervalMs());
  }

  /// What the source declares when it does what it declares, else what was measured.
  private static double frameRate(VideoFormat video, @Nullable StreamHealth health) {
    double declared = video.frameRate();
    double measured = health == null ? 0 : health.frameRate();
    if (measured <= 0) {
      return declared > 0 ? declared : 30;
    }
    if (Math.abs(declared - measured) <= declared * DECLARED_TOLERANCE) {
      return declared;
    }
    return COMMON_RATES.stream()
        .filter(rate -> Math.abs(rate - measured) <= rate * MEASURED_TOLERANCE)
        .findFirst()
        .orElse(Math.round(measured * 10) / 10.0);
  }

  private static long pixelsPerSecond(List<Rung> rungs, double frameRate) {
    return (long)
        rungs.stream()
            .mapToDouble(r -> (double) r.width() * r.height() * frameRate / r.frameDivisor())
            .sum();
  }

  private void giveBack() {
    budget.giveBack(stream);
    ports.metrics().running(budget.streams());
  }

  /// Called on the threads of the supervisor.
  private final class Listener implements TranscodeListener {
    private long droppedFrames;
    private PictureWatch watch = new PictureWatch();

    @Override
    public void workerReady(String encoder, Duration start) {
      droppedFrames = 0;
      watch = new PictureWatch();
      inbox.workerStarted();
      ports.metrics().workerStarted(start);
      log.atInfo()
          .addKeyValue("stream", stream)
          .addKeyValue("encoder", encoder)
          .addKeyValue("startMs", start.toMillis())
          .log("worker is ready");
    }

    @Override
    public void progress(WorkerProgress progress, Duration lag) {
      long dropped = progress.droppedFrames() - droppedFrames;
      droppedFrames = progress.droppedFrames();
      WorkerSample sample =
          new WorkerSample(
              clock.nanoTime(),
              progress.speed(),
              progress.busyShare(),
              progress.queueDepth(),
              progress.queueCapacity(),
              lag,
              watch.isBlank(progress));
      inbox.sampled(sample);
      ports.metrics().progress(sample);
      if (dropped > 0) {
        ports.metrics().framesDropped(dropped);
      }
    }

    @Override
    public void workerFailed(WorkerFailure failure) {
      ports.metrics().workerRestarted(failure.reason());
    }

    @Override
    public void ended(TranscodeEnd end) {
      inbox.ended(end);
    }
  }
}
