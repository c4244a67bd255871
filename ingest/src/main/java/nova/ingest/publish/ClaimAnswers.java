package nova.ingest.publish;

import nova.core.ChannelSlug;
import nova.framelog.LogEntry.EpochEnd;
import nova.ingest.publish.StreamGrant.Release;
import org.jspecify.annotations.Nullable;

/// What other servers let happen to the streams that are here.
///
/// *Confined to the thread of the streams.*
final class ClaimAnswers implements ClaimDesk.Answers {
  private final StreamSteps steps;

  ClaimAnswers(StreamSteps steps) {
    this.steps = steps;
  }

  @Override
  public boolean has(ChannelSlug channel) {
    return steps.has(channel);
  }

  @Override
  public LiveStream begin(ChannelClaim claim, Publisher publisher) {
    return steps.begin(claim, publisher);
  }

  @Override
  public LiveStream goOn(ChannelClaim claim, ClaimedStream before, @Nullable Publisher publisher) {
    return steps.goOn(claim, before, publisher);
  }

  @Override
  public void again(Publisher publisher) {
    steps.enter(publisher);
  }

  @Override
  public void asked(LiveStream stream, String remoteAddress) {
    if (!steps.isHere(stream)) {
      return;
    }
    stream.wantedElsewhere = true;
    stream.refuseSuccessor("taken-over", StreamSentences.CAME_AFTER);
    stream.refuseApplicant("taken-over", StreamSentences.CAME_AFTER);
    Publisher holder = stream.holder;
    if (holder != null) {
      holder.surrender(
          EpochEnd.TAKEN_OVER,
          new Release.Lost(StreamSentences.takenOver(remoteAddress)),
          "taken-over");
    } else if (!stream.opening) {
      steps.leftAlone(stream, StreamSentences.CAME_AFTER);
    } // otherwise when its log is open, so that no fence comes late
  }

  @Override
  public void lost(LiveStream stream, boolean sameStream) {
    if (!steps.isHere(stream)) {
      return;
    }
    stream.refuseApplicant("taken-over", StreamSentences.CAME_AFTER);
    Publisher holder = stream.holder;
    Publisher successor = stream.takeSuccessor();
    Release release = new Release.TakenElsewhere(StreamSentences.TAKEN_ELSEWHERE);
    if (holder != null) {
      holder.surrender(EpochEnd.TAKEN_OVER, release, "taken-over");
    }
    if (!stream.started) {
      steps.forget(stream);
    } else if (sameStream) {
      steps.leave(stream);
    } else {
      stream.judge(release);
      if (holder == null) {
        steps.end(stream, false, StreamSentences.TAKEN_ELSEWHERE);
      }
    }
    if (successor != null) {
      steps.enter(successor);
    }
  }
}
