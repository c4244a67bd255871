package nova.packager;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.TrackFormat;
import nova.media.mp4.CmafChunk;
import nova.media.mp4.CmafChunkWriter;
import nova.media.mp4.CmafHeaderWriter;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Packages one epoch: a [Segmenter] per track, and gaps where a rendition has no media for a
/// number that another one has.
///
/// Every rendition lists every number from its first on, because its playlist counts segments, and
/// because discontinuity sequence numbers must agree between renditions. So a rendition whose track
/// is absent in the epoch, or has nothing for 2 s longer than a whole segment, lists gaps; frames
/// that come after their segment was declared a gap are dropped. Sound that the epoch lacks, or
/// that stays 2 s behind the picture, is replaced by silence instead; see [SilentTrack].
///
/// *Confined to its stream's thread.*
final class EpochPackager {
  private static final Logger log = LoggerFactory.getLogger(EpochPackager.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Epoch epoch;
  private final long discontinuities;
  private final PackagerConfig config;
  private final TimelineBuilder timeline;
  private final SegmentStore store;
  private final Publication publication;
  private final Map<TrackId, Track> tracks = new HashMap<>();
  private final SegmentClock clock = new SegmentClock();
  private @Nullable SilentTrack silence;
  private boolean hasFrames;
  private long firstNumber;
  private long lateFrames;

  /// @param firstNumber of its first segment
  /// @param discontinuities number of epochs with media before this one
  EpochPackager(
      Epoch epoch,
      long firstNumber,
      long discontinuities,
      PackagerConfig config,
      TimelineBuilder timeline,
      SegmentStore store,
      Publication publication) {
    this.epoch = epoch;
    this.firstNumber = firstNumber;
    this.discontinuities = discontinuities;
    this.config = config;
    this.timeline = timeline;
    this.store = store;
    this.publication = publication;
  }

  Epoch epoch() {
    return epoch;
  }

  /// Whether any media came.
  boolean hasMedia() {
    return clock.highest(-1) >= 0;
  }

  /// Frames dropped since the last call because their segment was already declared a gap.
  long takeLateFrames() {
    long late = lateFrames;
    lateFrames = 0;
    return late;
  }

  /// Declares a track; a repetition changes nothing.
  ///
  /// @return false when the track is not carried
  boolean format(TrackId track, TrackFormat format) {
    return TimelineBuilder.renditionOf(track)
        .map(id -> tracks.computeIfAbsent(track, _ -> new Track(id, track, format)) != null)
        .orElse(false);
  }

  /// Which frames to come may complete something.
  PartsDue partsDue() {
    Map<TrackId, Long> due = new HashMap<>();
    tracks.forEach((id, track) -> due.put(id, track.segmenter.dueDts()));
    return new PartsDue(due);
  }

  /// Takes the next frame of any track.
  ///
  /// @return false when the frame's track is not carried
  boolean add(LoggedFrame logged) {
    Track track = tracks.get(logged.frame().track());
    if (track == null) {
      return false;
    }
    if (!hasFrames) {
      hasFrames = true;
      silence = silence(); // all formats of an epoch precede its frames
    }
    if (silence == null) {
      track.add(logged);
    } else if (logged.frame().track().equals(TrackId.VIDEO)) {
      addSilence(silence, silence.follow(logged, track.format.timescale()));
      track.add(logged);
    } else if (silence.sound(logged)) {
      track.add(logged);
    } else {
      lateFrames++;
    }
    return true;
  }

  /// Players stop at a gap in one of two tracks, so silence takes the place of sound that stays
  /// away, or that the stream had in an earlier epoch.
  private @Nullable SilentTrack silence() {
    Track sound = tracks.get(TrackId.AUDIO);
    RenditionWindow before = timeline.find(TrackId.AUDIO);
    TrackFormat format = sound != null ? sound.format : before != null ? before.format() : null;
    if (!tracks.containsKey(TrackId.VIDEO) || !(format instanceof TrackFormat.AudioFormat audio)) {
      return null;
    }
    Duration patience = sound == null ? Duration.ZERO : PATIENCE;
    Optional<SilentTrack> silent = SilentTrack.of(TrackId.AUDIO, audio, clock, patience);
    if (silent.isPresent() && sound == null) {
      format(TrackId.AUDIO, audio);
    }
    return silent.orElse(null);
  }

  private void addSilence(SilentTrack silent, List<LoggedFrame> frames) {
    Track sound = tracks.get(TrackId.AUDIO);
    if (sound != null) {
      frames.forEach(sound::add);
    }
    if (silent.begins()) {
      log.atWarn()
          .addKeyValue("stream", timeline.stream())
          .log("the broadcaster sends no sound; viewers hear silence until it comes");
    }
  }

  /// Completes what is open; no more frames will come.
  void finish() {
    Track video = tracks.get(TrackId.VIDEO);
    if (silence != null && video != null) {
      addSilence(silence, silence.rest(video.format.timescale()));
    }
    for (Track track : tracks.values()) {
      track.segmenter.finish();
    }
  }

  /// Fills up the renditions that ended before the others, because another epoch follows.
  void fillUp() {
    long next = clock.highest(firstNumber - 1) + 1;
    for (RenditionWindow window : timeline.windows()) {
      fillGaps(window, next);
    }
  }

  private boolean isDiscontinuity(long number) {
    return discontinuities > 0 && number == firstNumber;
  }

  private void fillGaps(RenditionWindow window, long before) {
    OptionalLong last = window.lastNumber();
    if (last.isPresent()) {
      for (long number = last.getAsLong() + 1; number < before; number++) {
        addGap(window, number);
      }
    }
  }

  private void addGap(RenditionWindow window, long number) {
    TimelineSegment before = window.segments().getLast();
    Timescale timescale = window.timescale();
    long beforeNs = timescale.toDuration(before.start() + before.duration()).toNanos();
    SegmentClock.Start start =
        clock.start(number, before, beforeNs, timescale.toDuration(before.duration()).toNanos());
    window.addGap(
        number,
        epoch,
        isDiscontinuity(number),
        start.wallClock(),
        start.ns(),
        clock.durationNs(number, start.ns()));
    publication.changed();
  }

  /// Another segment began: whoever has nothing for the numbers before is not waited for any more.
  private void declareGaps(long nowNs) {
    for (RenditionWindow window : timeline.windows()) {
      Track track = trackOf(window);
      long patienceNs = track == null ? 0 : PATIENCE.toNanos();
      OptionalLong last = window.lastNumber();
      while (last.isPresent() && clock.overdue(last.getAsLong() + 1, nowNs, patienceNs)) {
        if (track != null && window.open()) {
          track.segmenter.finish();
        }
        addGap(window, last.getAsLong() + 1);
        last = window.lastNumber();
      }
    }
  }

  private @Nullable Track trackOf(RenditionWindow window) {
    for (Track track : tracks.values()) {
      if (track.id.equals(window.id())) {
        return track;
      }
    }
    return null;
  }

  /// One track on its way into the store and the timeline.
  private final class Track implements Segmenter.Sink {
    final RenditionId id;
    final Segmenter segmenter;
    private final TrackId track;
    private final TrackFormat format;
    private final Timescale timescale;
    private boolean hasInit;

    Track(RenditionId id, TrackId track, TrackFormat format) {
      this.id = id;
      this.track = track;
      this.format = format;
      this.timescale = format.timescale();
      this.segmenter =
          new Segmenter(timescale, PartBoundaryPolicy.of(config.partTarget(), timescale), this);
    }

    void add(LoggedFrame logged) {
      if (isLate(logged.segment())) {
        lateFrames++;
      } else {
        segmenter.add(logged);
      }
    }

    private boolean isLate(long number) {
      RenditionWindow window = timeline.find(track);
      OptionalLong last = window == null ? OptionalLong.empty() : window.lastNumber();
      return window != null
          && last.isPresent()
          && (number < last.getAsLong() || (number == last.getAsLong() && !window.open()));
    }

    @Override
    public void segmentOpened(long number, long start, Instant wallClock) {
      if (!hasInit) {
        store.putInit(timeline.stream(), id, epoch, CmafHeaderWriter.write(format));
        hasInit = true;
      }
      if (!hasMedia()) {
        firstNumber = number;
      }
      long startNs = timescale.toDuration(start).toNanos();
      clock.began(number, startNs, wallClock);
      RenditionWindow window = timeline.find(track);
      if (window == null) {
        long before = isDiscontinuity(number) ? discontinuities - 1 : discontinuities;
        window = timeline.add(id, track, format, before);
      } else {
        fillGaps(window, number);
        window.format(format);
      }
      window.openSegment(number, epoch, isDiscontinuity(number), wallClock, start);
      declareGaps(startNs);
    }

    @Override
    public void part(long number, int part, CmafChunk chunk) {
      Bytes bytes = CmafChunkWriter.write(chunk);
      store.putPart(key(number), part, bytes);
      TimelinePart listed =
          window()
              .addPart(
                  chunk.baseMediaDecodeTime(),
                  chunk.duration(),
                  chunk.samples().size(),
                  chunk.samples().getFirst().sync(),
                  bytes.length());
      publication.part(window(), listed);
    }

    @Override
    public void segmentCompleted(long number) {
      store.completeSegment(key(number));
      TimelineSegment segment = window().completeSegment();
      long endNs = window().timescale().toDuration(segment.start() + segment.duration()).toNanos();
      clock.ended(number, endNs);
      publication.segment(window(), segment);
    }

    private RenditionWindow window() {
      RenditionWindow window = timeline.find(track);
      if (window == null) {
        throw new IllegalStateException("rendition %s has no segment yet".formatted(id));
      }
      return window;
    }

    private SegmentKey key(long number) {
      return new SegmentKey(timeline.stream(), id, epoch, number);
    }
  }
}
