package nova.packager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import nova.core.Epoch;
import nova.core.Timescale;
import nova.framelog.RungEnd;
import nova.media.TrackFormat;
import nova.segments.PublishedMedia;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a stream to where another process left it, so that this one goes on with the same
/// numbers, and what was published stays as it is.
///
/// Implementation overview. The last snapshot tells what playlists list; the windows go on from
/// there. It does not tell everything:
/// 1. Formats are read back from the headers that players have.
/// 2. Epochs, and when their segments begin, are those of the listed segments.
/// 3. The source is cut again from its log, a little more than what is missing, because where
///    silence stands in for sound depends on the two seconds before ([Replay]). Every byte of it
///    derives from the log, so it comes out as it was, and only what is new is published.
/// 4. A rung does not: its frames come from an encoder that is gone. Its parts are taken as they
///    are, also those that were stored but not listed any more; the last of them tells at which
///    decode time the next encoder begins ([InheritedRung]).
///
/// *Confined to the holder of its stream's lock.*
final class Succession {
  private static final Logger log = LoggerFactory.getLogger(Succession.class);

  // Twice what silence waits for sound.
  private static final long REPLAYED_NS = Duration.ofSeconds(4).toNanos();

  private final TimelineSnapshot snapshot;
  private final StreamOutput output;
  private final PublishedMedia published;

  private Succession(TimelineSnapshot snapshot, StreamOutput output) {
    this.snapshot = snapshot;
    this.output = output;
    this.published = new PatientMedia(output.ports().published());
  }

  /// What follows of a succession.
  ///
  /// @param rungs those that an encoder can go on with
  record Result(Replay replay, List<RungEnd> rungs) {
    Result {
      rungs = List.copyOf(rungs);
    }
  }

  /// Inherits the stream.
  static Result of(TimelineSnapshot snapshot, StreamOutput output) {
    return new Succession(snapshot, output).run();
  }

  private Result run() {
    List<RenditionWindow> windows = new ArrayList<>();
    for (RenditionTimeline rendition : snapshot.renditions()) {
      RenditionWindow window = window(rendition);
      if (window != null) {
        windows.add(window);
      }
    }
    output.timeline().restore(snapshot, windows);
    if (windows.isEmpty()) {
      return new Result(Replay.NOTHING, List.of());
    }
    NavigableMap<Long, Listed> listed = listed(windows);
    restoreEpochs(listed, windows);
    List<RungEnd> rungs = new ArrayList<>();
    for (RenditionWindow window : windows) {
      if (TimelineBuilder.isRung(window.id())) {
        InheritedRung.of(window, output, published).ifPresent(rungs::add);
      } else if (window.open()) {
        int _ = OpenParts.load(window, output, published);
      }
    }
    return new Result(replay(listed, windows), rungs);
  }

  private @Nullable RenditionWindow window(RenditionTimeline rendition) {
    TrackFormat format = null;
    for (TimelineSegment segment : rendition.segments().reversed()) {
      if (!segment.gap()) {
        TrackFormat read = PublishedHeader.take(rendition.id(), segment.epoch(), output, published);
        format = format == null ? read : format;
      }
    }
    if (format == null) {
      log.atWarn()
          .addKeyValue("stream", snapshot.stream())
          .addKeyValue("rendition", rendition.id())
          .log("the header of a rendition is lost; it begins anew");
      return null;
    }
    return RenditionWindow.restored(rendition, format);
  }

  /// The segments of all renditions by number, those of the source where it has them.
  private static NavigableMap<Long, Listed> listed(List<RenditionWindow> windows) {
    List<RenditionWindow> sourceFirst = new ArrayList<>(windows);
    sourceFirst.sort(Comparator.comparing(window -> TimelineBuilder.isRung(window.id())));
    NavigableMap<Long, Listed> listed = new TreeMap<>();
    for (RenditionWindow window : sourceFirst) {
      for (TimelineSegment segment : window.segments()) {
        Listed one = new Listed(segment, window.timescale());
        listed.merge(
            segment.number(),
            one,
            (had, more) -> had.segment.gap() && !more.segment.gap() ? more : had);
      }
    }
    return listed;
  }

  private void restoreEpochs(NavigableMap<Long, Listed> listed, List<RenditionWindow> windows) {
    long first = listed.firstKey();
    long discontinuities =
        windows.stream()
            .filter(window -> window.segments().getFirst().number() == first)
            .mapToLong(window -> window.discontinuitySequence())
            .max()
            .orElse(0);
    List<EpochTimes> epochs = new ArrayList<>();
    SegmentClock clock = new SegmentClock();
    Epoch epoch = null;
    for (Map.Entry<Long, Listed> entry : listed.entrySet()) {
      long number = entry.getKey();
      TimelineSegment segment = entry.getValue().segment;
      discontinuities += segment.discontinuity() ? 1 : 0;
      if (!segment.epoch().equals(epoch)) {
        epoch = segment.epoch();
        clock = new SegmentClock();
        boolean begins = segment.discontinuity() || discontinuities == 0;
        epochs.add(new EpochTimes(epoch, begins ? number : number - 1, discontinuities, clock));
      }
      clock.began(number, entry.getValue().startNs(), segment.programDateTime());
      if (segment.complete()) {
        clock.ended(number, entry.getValue().endNs());
      }
    }
    output.epochs().restore(epochs);
  }

  /// From the first number that some rendition lacks something of, and a little before.
  private static Replay replay(NavigableMap<Long, Listed> listed, List<RenditionWindow> windows) {
    long lacking = Long.MAX_VALUE;
    for (RenditionWindow window : windows) {
      long last = window.lastNumber().orElse(0);
      lacking = Math.min(lacking, window.open() ? last : last + 1);
    }
    Map.Entry<Long, Listed> first = listed.floorEntry(lacking);
    if (first == null) {
      first = listed.firstEntry();
    }
    long startNs = first.getValue().startNs() - REPLAYED_NS;
    while (first.getValue().startNs() > startNs) {
      Map.Entry<Long, Listed> before = listed.lowerEntry(first.getKey());
      if (before == null) {
        break;
      }
      first = before;
    }
    return new Replay(
        first.getKey(),
        first.getValue().segment.epoch().number(),
        listed.lastEntry().getValue().segment.epoch().number());
  }

  private record Listed(TimelineSegment segment, Timescale timescale) {
    long startNs() {
      return timescale.toDuration(segment.start()).toNanos();
    }

    long endNs() {
      return timescale.toDuration(segment.start() + segment.duration()).toNanos();
    }
  }
}
