package nova.packager;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import nova.core.RenditionId;
import nova.core.Timescale;
import nova.media.TrackFormat;
import nova.segments.TimelineSegment;

/// Lists as gaps the numbers that a rendition has no media for.
///
/// Every rendition lists every number from its first on, because its playlist counts segments, and
/// because discontinuity sequence numbers must agree between renditions. So a rendition of the
/// source whose track is absent in the epoch, or has nothing for 2 s longer than a whole segment,
/// lists gaps. A rung is waited for longer: it is always behind the source, and a worker that took
/// over needs some seconds to come up to it.
///
/// All playlists list the same numbers, so they begin with the rendition that came last, unless
/// that takes more away than a live playlist can do without: then a rung has gaps before its first
/// number. Encoded sound too, although players stand still where sound is a gap: these gaps are in
/// the past, where no player at the live edge meets them.
///
/// *Confined to the holder of its stream's lock.*
final class Gaps {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration ENCODING = Duration.ofSeconds(5);

  private final TimelineBuilder timeline;
  private final StreamEpochs epochs;
  private final Publication publication;
  private final DvrWindow dvr;
  private final Duration patienceWithRungs;
  private final Map<RenditionId, Runnable> atWork = new HashMap<>(); // completes what is open

  /// @param patienceWithRungs how long after its end a segment of a rung is waited for
  Gaps(
      TimelineBuilder timeline,
      StreamEpochs epochs,
      Publication publication,
      DvrWindow dvr,
      Duration patienceWithRungs) {
    this.timeline = timeline;
    this.epochs = epochs;
    this.publication = publication;
    this.dvr = dvr;
    this.patienceWithRungs = patienceWithRungs;
  }

  /// What the frame log keeps of the source for a new worker, and the time to encode it: what is
  /// not there by then will not come. What has left the playlists need not come either.
  static Duration patienceWithRungs(PackagerConfig config, Duration framesKept) {
    Duration patience = framesKept.plus(ENCODING);
    return patience.compareTo(config.window()) < 0 ? patience : config.window();
  }

  /// Media of a rendition is to be expected.
  ///
  /// @param finish completes the segment that is open, when it is not waited for any more. It runs
  ///   on the source's thread: whoever must not end the source when that fails takes the rendition
  ///   out of the timeline instead.
  void expect(RenditionId rendition, Runnable finish) {
    atWork.put(rendition, finish);
  }

  /// No more media of a rendition is to be expected.
  void expectNothing(RenditionId rendition) {
    atWork.remove(rendition);
  }

  /// Adds a rendition whose media begins with a number.
  RenditionWindow enter(RenditionId id, TrackFormat format, long number) {
    RenditionWindow source = timeline.find(TimelineBuilder.sourceOf(format));
    List<TimelineSegment> missed =
        source == null || !TimelineBuilder.isRung(id)
            ? List.of()
            : source.segments().stream().filter(segment -> segment.number() < number).toList();
    if (source == null || !dvr.isLong(missed, source.timescale())) {
      return timeline.add(id, format, epochs.discontinuitiesBefore(number));
    }
    long first = missed.getFirst().number();
    RenditionWindow window = timeline.add(id, format, epochs.discontinuitiesBefore(first));
    for (TimelineSegment segment : missed) {
      Timescale timescale = source.timescale();
      window.addGap(
          segment.number(),
          segment.epoch(),
          segment.discontinuity(),
          segment.programDateTime(),
          timescale.toDuration(segment.start()).toNanos(),
          timescale.toDuration(segment.duration()).toNanos());
    }
    return window;
  }

  /// Lists what a rendition lacks below `before`.
  void fill(RenditionWindow window, long before) {
    OptionalLong last = window.lastNumber();
    if (last.isPresent()) {
      for (long number = last.getAsLong() + 1; number < before; number++) {
        add(window, number);
      }
    }
  }

  /// Lists what the renditions of the source lack below `before`, because another epoch follows.
  /// Rungs may still be at work in this one.
  void fillSource(long before) {
    for (RenditionWindow window : List.copyOf(timeline.windows())) {
      if (!TimelineBuilder.isRung(window.id()) && finish(window)) {
        fill(window, before);
      }
    }
  }

  /// The stream is over: nothing is open any more, and what the rungs lack of it is listed as gaps.
  void fillAll() {
    fillSource(0);
    for (RenditionWindow window : List.copyOf(timeline.windows())) {
      RenditionWindow source = timeline.find(TimelineBuilder.sourceOf(window.format()));
      if (source != null && TimelineBuilder.isRung(window.id()) && finish(window)) {
        fill(window, source.lastNumber().orElse(-1) + 1);
      }
    }
  }

  /// The source began another segment: whoever has nothing for the numbers before is not waited for
  /// any more.
  void declare(long nowNs) {
    for (RenditionWindow window : List.copyOf(timeline.windows())) {
      long patienceNs = patience(window.id()).toNanos();
      OptionalLong last = window.lastNumber();
      while (last.isPresent()
          && epochs.overdue(last.getAsLong() + 1, nowNs, patienceNs)
          && finish(window)) {
        last = window.lastNumber(); // one less when what was open had nothing
        if (last.isPresent()) {
          add(window, last.getAsLong() + 1);
          last = window.lastNumber();
        }
      }
    }
  }

  /// Completes what is open.
  ///
  /// @return false when that took the rendition out of the timeline
  private boolean finish(RenditionWindow window) {
    Runnable finish = atWork.get(window.id());
    if (finish != null && window.open()) {
      finish.run();
    }
    boolean listed = timeline.find(window.id()) == window;
    if (listed) {
      close(window);
    }
    return listed;
  }

  /// Ends what another process left open, and nobody here is at work on.
  void close(RenditionWindow window) {
    if (window.open() && window.newest().parts().isEmpty()) {
      window.dropOpen();
      publication.changed();
    } else if (window.open()) {
      TimelineSegment _ = publication.complete(window);
    }
  }

  private Duration patience(RenditionId rendition) {
    if (TimelineBuilder.isRung(rendition)) {
      return patienceWithRungs;
    }
    return atWork.containsKey(rendition) ? PATIENCE : Duration.ZERO;
  }

  private void add(RenditionWindow window, long number) {
    EpochTimes times = epochs.of(number);
    TimelineSegment before = window.newest();
    Timescale timescale = window.timescale();
    long beforeNs = timescale.toDuration(before.start() + before.duration()).toNanos();
    SegmentClock.Start start =
        times
            .clock()
            .start(number, before, beforeNs, timescale.toDuration(before.duration()).toNanos());
    window.addGap(
        number,
        times.epoch(),
        epochs.isDiscontinuity(number),
        start.wallClock(),
        start.ns(),
        times.clock().durationNs(number, start.ns()));
    publication.changed();
  }
}
