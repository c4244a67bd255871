package nova.transcode;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nova.core.Epoch;
import nova.core.NanoClock;
import nova.core.StreamEvent.RungsFailed;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.LogPosition;
import nova.framelog.RungEnd;
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

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration FIRST_ENTRY = Duration.ofSeconds(1);
  private static final Duration LAST_FRAMES = Duration.ofSeconds(15);

  /// What a worker counts that has hardly anything to encode, such as sound alone: a process.
  private static final long LEAST_PIXELS = 2_000_000;

  private static final String NOTHING_TO_DECODE =
      "; no frame of the source can be decoded, and its rungs wait until one can";

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
  private @Nullable RunningLadder ladder; // that is encoded
  private List<RungEnd> ends = List.of(); // what another process left to go on with
  private volatile boolean released;
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

  /// Says that the stream goes on in another process, before this thread is interrupted.
  void release() {
    released = true;
  }

  /// Works until the stream is over.
  void run() throws InterruptedException {
    try {
      goOn();
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
      ports.ladders().remove(stream);
    } finally {
      if (supervisor != null && released) {
        supervisor.abandon();
      } else if (supervisor != null) {
        supervisor.close();
      }
      giveBack();
    }
  }

  /// Goes on with what another process encoded: the same ladder, without measuring the source
  /// again, and each rung behind what was published of it. Whether the source still has the format
  /// shows in its log. The epoch on air has begun, and nobody will say so here.
  private void goOn() throws InterruptedException {
    Optional<List<RungEnd>> published = ports.published().of(stream);
    if (published.isEmpty()) {
      return;
    }
    ends = published.get();
    Optional<RunningLadder> left = ports.ladders().find(stream);
    Optional<NewestEpoch> newest =
        left.isEmpty() ? Optional.empty() : NewestEpoch.read(ports.frames(), stream, FIRST_ENTRY);
    newest.ifPresent(this::forgetEndsBefore);
    if (left.isEmpty() || newest.isEmpty() || !isFor(left.get(), newest.get())) {
      due();
      return;
    }
    planned = newest.get();
    encode(left.get(), LogPosition.LATEST_KEYFRAME, newest.get());
    log.atInfo()
        .addKeyValue("stream", stream)
        .addKeyValue("rungs", left.get().plan().renditions())
        .addKeyValue("goneOn", published.get().size())
        .log("the ladder of another process is gone on with");
  }

  /// Forgets the ends of rungs that are too far behind to be gone on with.
  private void forgetEndsBefore(NewestEpoch newest) {
    ends = ends.stream().filter(end -> !newest.at().isAfter(end.until())).toList();
  }

  /// Whether a ladder can be encoded: an epoch that it is for is still to be gone on with, or on
  /// air.
  private boolean isFor(RunningLadder left, NewestEpoch newest) {
    boolean hasEnds =
        ends.stream().anyMatch(end -> left.plan().renditions().contains(end.rendition()));
    return hasEnds || Objects.equals(left.source(), newest.video());
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
      if (planned == null && task == null && !planDue) {
        due(); // an epoch has begun, and nobody who came later was told
      }
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
        || (known != null && isWhole(known));
  }

  private static boolean isWhole(StreamHealth health) {
    return health.videoBitrateBps() > 0
        && health.frameRate() > 0
        && health.keyframeIntervalMs() > 0;
  }

  private void ended(TranscodeEnd end) {
    supervisor = null;
    effort = null;
    raise = null;
    ladder = null;
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
        ports.ladders().remove(stream);
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
    forgetEndsBefore(now);
    planned = now;
    VideoFormat video = now.video();
    AudioFormat sound = now.audio();
    LadderSource source = video == null ? null : LadderSource.measured(video, sound, health);
    double frameRate = source == null ? 0 : source.frameRate();
    List<LadderStep> steps = ports.ladder().steps();
    LadderPlan plan =
        source == null
            ? LadderPlanner.planWithoutVideo(sound, config.ladder())
            : LadderPlanner.plan(source, steps, config.ladder());
    if (source != null) {
      raise = new BitrateRaise(source, steps, plan.rungs(), config.ladder());
    }
    if (plan.isEmpty()) {
      sourceOnly(plan.reason());
      return;
    }
    ends = ends.stream().filter(end -> end.epoch().equals(now.epoch())).toList();
    encode(
        new RunningLadder(plan, video, frameRate, config.ladder().encoderPreset(), plan.rungs()),
        continues ? LogPosition.fromSegment(now.firstSegment()) : LogPosition.LATEST_KEYFRAME,
        now);
  }

  /// Has a ladder encoded, if there is room for it.
  ///
  /// @param from where in the source's log rungs begin that are not gone on with
  /// @param now the newest epoch
  private void encode(RunningLadder wanted, LogPosition from, NewestEpoch now) {
    LadderPlan plan = wanted.plan();
    String asItCame = asItCame(plan, now.audio());
    String missing = worker.missing();
    if (missing != null) {
      ports.metrics().refused("no-worker");
      sourceOnly("nothing can be encoded: " + missing + asItCame);
      return;
    }
    Optional<Refusal> refusal = budget(plan, wanted.frameRate());
    if (refusal.isPresent()) {
      ports.metrics().refused(refusal.get().reason());
      announcer.sourceOnly("nothing is encoded: " + refusal.get().sentence() + asItCame);
      ports.ladders().remove(stream);
      return;
    }
    ports.metrics().running(budget.streams());
    announcer.announce(
        plan.sourceIsRung() || plan.rungs().isEmpty(),
        plan.audioPassesThrough(),
        plan.renditions(),
        plan.reason());
    List<RungEnd> goneOn = ends;
    ends = List.of();
    TranscodeTask next =
        new TranscodeTask(
            TrackId.VIDEO,
            wanted.source(),
            wanted.frameRate(),
            wanted.preset(),
            plan.rungs(),
            plan.audio(),
            from,
            firstEpoch(goneOn, plan).orElse(now.epoch()));
    task = next;
    ladder = wanted;
    ports.ladders().put(stream, wanted);
    TranscodeSupervisor started =
        TranscodeSupervisor.start(
            stream, next, goneOn, () -> runs++, config.worker(), ports, new Listener());
    started.change(wanted.bitrates());
    supervisor = started;
    effort =
        plan.rungs().isEmpty()
            ? null
            : new EffortControl(stream, plan, config, started, budget, announcer, ports);
  }

  private static Optional<Epoch> firstEpoch(List<RungEnd> ends, LadderPlan plan) {
    return ends.stream()
        .filter(end -> plan.renditions().contains(end.rendition()))
        .map(RungEnd::epoch)
        .min(Comparator.naturalOrder());
  }

  private void sourceOnly(String why) {
    giveBack();
    announcer.sourceOnly(why);
    ports.ladders().remove(stream);
  }

  private void measured(StreamHealth now) {
    RunningLadder encoded = ladder;
    if (raise == null && supervisor != null && encoded != null && isWhole(now)) {
      raise = raiseOf(encoded, now); // it was planned in another process
    }
    if (raise != null) {
      raise.raised(now.videoBitrateBps(), clock.nanoTime()).ifPresent(this::raise);
    }
  }

  private @Nullable BitrateRaise raiseOf(RunningLadder encoded, StreamHealth now) {
    VideoFormat video = encoded.source();
    return video == null
        ? null
        : new BitrateRaise(
            LadderSource.measured(video, planned == null ? null : planned.audio(), now),
            ports.ladder().steps(),
            encoded.bitrates(),
            config.ladder());
  }

  private void raise(List<Rung> rungs) {
    TranscodeTask running = task;
    TranscodeSupervisor encoding = supervisor;
    if (running == null) {
      due(); // it had too little for any rung
    } else if (encoding != null && !running.rungs().isEmpty()) {
      encoding.change(rungs);
      if (ladder != null) {
        ladder = ladder.withBitrates(rungs);
        ports.ladders().put(stream, ladder);
      }
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
