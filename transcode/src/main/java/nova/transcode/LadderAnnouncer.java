package nova.transcode;

import java.time.InstantSource;
import java.util.List;
import nova.core.RenditionId;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvents;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says what the ladder of a stream is, each time that it is another.
///
/// *Confined to its stream's thread.*
final class LadderAnnouncer {
  private static final Logger log = LoggerFactory.getLogger(LadderAnnouncer.class);

  private final StreamId stream;
  private final StreamEvents events;
  private final InstantSource instants;
  private @Nullable LadderChanged last;
  private String reason = ""; // of the last, without the remark
  private String remark = "";

  LadderAnnouncer(StreamId stream, TranscodePorts ports) {
    this.stream = stream;
    this.events = ports.events();
    this.instants = ports.instants();
  }

  /// What comes next is said even if it is the same again: whoever heard of steps less is to know
  /// that they are over.
  void forget() {
    last = null;
    remark = "";
  }

  /// Adds something to what was said, or takes it back.
  ///
  /// @param text what follows the reason, empty for nothing
  void remark(String text) {
    LadderChanged before = last;
    if (before != null && !text.equals(remark)) {
      remark = text;
      announce(before.sourceListed(), before.audioListed(), before.rungs(), reason);
    }
  }

  /// There is nothing but the source.
  ///
  /// @param why one sentence
  void sourceOnly(String why) {
    remark = "";
    announce(true, true, List.of(), why);
  }

  /// These are the rungs, and sound if it is encoded.
  ///
  /// @param sourceListed whether players choose the source among them
  /// @param audioListed whether players get the source's sound
  void announce(boolean sourceListed, boolean audioListed, List<RenditionId> rungs, String why) {
    reason = why;
    String sentence = why + remark;
    LadderChanged next =
        new LadderChanged(stream, instants.instant(), sourceListed, audioListed, rungs, sentence);
    LadderChanged before = last;
    if (before != null
        && before.sourceListed() == sourceListed
        && before.audioListed() == audioListed
        && before.rungs().equals(rungs)
        && before.reason().equals(sentence)) {
      return;
    }
    last = next;
    log.atInfo()
        .addKeyValue("stream", stream)
        .addKeyValue("rungs", rungs)
        .log("the ladder is: {}", sentence);
    events.publish(next);
  }
}
