package nova.transcode;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import nova.core.RenditionId;
import nova.core.StreamEvent.BitrateAdapted;
import nova.core.StreamId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a stream's worker do less when it does not keep up, and more when it can again.
///
/// *Confined to its stream's thread.*
final class EffortControl {
  private static final Logger log = LoggerFactory.getLogger(EffortControl.class);
  private static final double PERCENT = 100;

  private final StreamId stream;
  private final LadderPlan plan;
  private final List<EffortStep> steps;
  private final OverloadPolicy policy;
  private final TranscodeSupervisor supervisor;
  private final TranscodeBudget budget;
  private final LadderAnnouncer announcer;
  private final TranscodePorts ports;

  EffortControl(
      StreamId stream,
      LadderPlan plan,
      TranscodeConfig config,
      TranscodeSupervisor supervisor,
      TranscodeBudget budget,
      LadderAnnouncer announcer,
      TranscodePorts ports) {
    this.stream = stream;
    this.plan = plan;
    this.steps = EffortStep.of(config.ladder().encoderPreset(), plan.rungs());
    this.policy = new OverloadPolicy(config.overload(), steps.size(), ports.clock().nanoTime());
    this.supervisor = supervisor;
    this.budget = budget;
    this.announcer = announcer;
    this.ports = ports;
  }

  /// A worker began.
  void workerStarted() {
    policy.workerStarted(ports.clock().nanoTime());
  }

  /// Takes the next sample, and a step when it is time to.
  void judge(WorkerSample sample) {
    OptionalInt next = policy.judge(sample);
    if (next.isPresent()) {
      take(next.getAsInt(), sample);
    }
  }

  private void take(int next, WorkerSample sample) {
    EffortStep step = steps.get(next);
    if (!supervisor.canAdapt(step.effort())) {
      return; // a rung has not ended yet: asked again with the next sample
    }
    boolean down = next > policy.step();
    List<RenditionId> rungs = new ArrayList<>(plan.renditions());
    rungs.removeAll(step.effort().leftOut());
    announcer.announce(plan.sourceIsRung(), plan.audioPassesThrough(), rungs, reason(step));
    if (!supervisor.adapt(step.effort())) {
      return; // it has just ended
    }
    budget.overloaded(stream, step.refuses());
    policy.took(next, sample.atNs());
    String why = sentence(sample, down);
    log.atInfo()
        .addKeyValue("stream", stream)
        .addKeyValue("step", step.name())
        .log(down ? "encoding does less: {}" : "encoding does more again: {}", why);
    ports.metrics().adapted(step.name(), down);
    ports
        .events()
        .publish(new BitrateAdapted(stream, ports.instants().instant(), step.name(), why));
  }

  private String reason(EffortStep step) {
    return step.effort().leftOut().isEmpty()
        ? plan.reason()
        : plan.reason() + "; encoding does not keep up with more rungs";
  }

  private static String sentence(WorkerSample sample, boolean down) {
    return "%s: its frames are %d ms late, and its busiest thread works %.0f %% of the time"
        .formatted(
            down ? "the worker does not keep up" : "the worker has time left",
            sample.lag().toMillis(),
            sample.busyShare() * PERCENT);
  }
}
