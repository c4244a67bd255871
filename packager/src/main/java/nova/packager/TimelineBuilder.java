package nova.packager;

import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nova.core.ChannelSlug;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.SegmentBoundaryPolicy;
import nova.media.TrackFormat;
import nova.media.TrackFormat.VideoFormat;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.jspecify.annotations.Nullable;

/// A stream's timeline while it grows: its renditions, its state and the version of the next
/// snapshot.
///
/// *Confined to the holder of its stream's lock.*
final class TimelineBuilder {
  /// The rendition of the source's video.
  static final RenditionId SOURCE = new RenditionId("source");

  /// The rendition of the source's sound.
  static final RenditionId AUDIO = new RenditionId("audio");

  // A timeline that another process goes on with may be a little older than what viewers have seen:
  // no two snapshots have one version.
  private static final long VERSIONS_SKIPPED = 1_000;

  // As in the multivariant playlist: the source, the rungs, largest first, and sound, encoded
  // first.
  private static final Comparator<RenditionWindow> ORDER =
      Comparator.<RenditionWindow>comparingInt(w -> w.id().equals(SOURCE) ? 0 : 1)
          .thenComparingInt(w -> w.id().equals(AUDIO) ? 1 : 0)
          .thenComparing(TimelineBuilder::picture, Comparator.reverseOrder());

  private final StreamId stream;
  private final ChannelSlug channel;
  private final PackagerConfig config;

  private final Map<RenditionId, RenditionWindow> windows = new LinkedHashMap<>();
  private final Map<RenditionId, Long> leftAt = new HashMap<>(); // their last numbers
  private final List<RenditionWindow> left = new ArrayList<>(); // the store has media of them
  private final Set<RenditionId> unlisted = new HashSet<>(); // of the source's
  private long firstNewRung; // the lowest number of a rung that is not there
  private long version;
  private Instant startedAt;
  private TimelineState state = TimelineState.LIVE;
  private @Nullable Instant endedAt;

  TimelineBuilder(StreamId stream, ChannelSlug channel, Instant startedAt, PackagerConfig config) {
    this.stream = stream;
    this.channel = channel;
    this.startedAt = startedAt;
    this.config = config;
  }

  /// Goes on with what another process published.
  ///
  /// Of a rung that is not listed there may be media all the same: its first segment was not
  /// complete, or it has left. So one that comes begins with a number that nobody had begun.
  ///
  /// @param restored windows for its renditions
  void restore(TimelineSnapshot published, List<RenditionWindow> restored) {
    version = published.version() + VERSIONS_SKIPPED;
    startedAt = published.startedAt();
    state = published.state();
    for (RenditionWindow window : restored) {
      windows.put(window.id(), window);
      firstNewRung = Math.max(firstNewRung, window.restoredThrough() + 1);
    }
    for (RenditionTimeline rendition : published.renditions()) {
      if (!rendition.listed()) {
        unlisted.add(rendition.id());
      }
    }
  }

  StreamId stream() {
    return stream;
  }

  /// The name of the rendition that carries a track of the source; empty for tracks that are not
  /// carried.
  static Optional<RenditionId> renditionOf(TrackId track) {
    if (track.equals(TrackId.VIDEO)) {
      return Optional.of(SOURCE);
    }
    return track.equals(TrackId.AUDIO) ? Optional.of(AUDIO) : Optional.empty();
  }

  /// Whether a rendition is encoded from the source.
  static boolean isRung(RenditionId rendition) {
    return !rendition.equals(SOURCE) && !rendition.equals(AUDIO);
  }

  /// The rendition of the source that one of a format is made of.
  static RenditionId sourceOf(TrackFormat format) {
    return format instanceof VideoFormat ? SOURCE : AUDIO;
  }

  Collection<RenditionWindow> windows() {
    return windows.values();
  }

  /// The windows of all renditions that the store may have media of.
  List<RenditionWindow> storedWindows() {
    List<RenditionWindow> stored = new ArrayList<>(windows.values());
    stored.addAll(left);
    return stored;
  }

  @Nullable RenditionWindow find(RenditionId rendition) {
    return windows.get(rendition);
  }

  /// The highest number of a rendition that nothing will be added to, also if the rendition left;
  /// -1 when there is none.
  long lastSettled(RenditionId rendition) {
    RenditionWindow window = windows.get(rendition);
    if (window == null || window.lastNumber().isEmpty()) {
      long least = isRung(rendition) ? firstNewRung - 1 : -1;
      return leftAt.getOrDefault(rendition, least);
    }
    long last = window.lastNumber().getAsLong();
    return window.open() ? last - 1 : last;
  }

  /// The lowest number that a playlist lists; 0 when none does.
  long firstListed() {
    long first = Long.MAX_VALUE;
    for (RenditionWindow window : windows.values()) {
      if (!window.segments().isEmpty()) {
        first = Math.min(first, window.segments().getFirst().number());
      }
    }
    return first == Long.MAX_VALUE ? 0 : first;
  }

  /// When the newest segment ends, on the stream's time line.
  Duration end() {
    Duration end = Duration.ZERO;
    for (RenditionWindow window : windows.values()) {
      end = window.end().compareTo(end) > 0 ? window.end() : end;
    }
    return end;
  }

  /// Adds a rendition. One of the source exists from its first media on, a rung from its first
  /// complete segment.
  ///
  /// @param discontinuities that other renditions have before this one's first segment
  RenditionWindow add(RenditionId id, TrackFormat format, long discontinuities) {
    RenditionWindow window =
        new RenditionWindow(
            id,
            format,
            format.timescale().fromDuration(config.partTarget(), RoundingMode.FLOOR),
            SegmentBoundaryPolicy.TARGET_DURATION_SECONDS,
            discontinuities);
    window.listed(!unlisted.contains(id));
    windows.put(id, window);
    return window;
  }

  /// Takes a rendition out; its media stays in the store for as long as that of segments that leave
  /// the playlists.
  void remove(RenditionId id) {
    RenditionWindow window = windows.remove(id);
    if (window != null) {
      window.lastNumber().ifPresent(last -> leftAt.put(id, last));
      window.removeAll();
      left.add(window);
    }
  }

  /// Drops what is known of renditions that left, where the store has nothing more of them.
  void forgetExpired() {
    left.removeIf(RenditionWindow::isForgotten);
  }

  /// Whether players choose a rendition of the source among the encoded ones.
  ///
  /// @return whether that is new
  boolean listed(RenditionId id, boolean listed) {
    if (!(listed ? unlisted.remove(id) : unlisted.add(id))) {
      return false;
    }
    RenditionWindow window = windows.get(id);
    if (window != null) {
      window.listed(listed);
    }
    return true;
  }

  void state(TimelineState next) {
    state = next;
  }

  /// The highest number of the source; 0 before its first media.
  long lastOfSource() {
    long last = 0;
    for (RenditionWindow window : windows.values()) {
      if (!isRung(window.id())) {
        last = Math.max(last, window.lastNumber().orElse(0));
      }
    }
    return last;
  }

  /// What is left of the time that an ended stream is kept.
  Duration leftOf(Duration keepEnded, Instant now) {
    Duration since = endedAt == null ? Duration.ZERO : Duration.between(endedAt, now);
    Duration left = since.isNegative() ? keepEnded : keepEnded.minus(since);
    return left.isNegative() ? Duration.ZERO : left;
  }

  void ended(Instant at) {
    state = TimelineState.ENDED;
    endedAt = at;
  }

  boolean isEnded() {
    return state == TimelineState.ENDED;
  }

  /// The next snapshot, with a version of its own.
  TimelineSnapshot snapshot() {
    version++;
    List<RenditionWindow> ordered = new ArrayList<>(windows.values());
    ordered.removeIf(window -> isRung(window.id()) && !window.hasMedia());
    ordered.sort(ORDER);
    List<RenditionTimeline> renditions = new ArrayList<>();
    for (RenditionWindow window : ordered) {
      renditions.add(window.timeline(version));
    }
    return new TimelineSnapshot(
        stream, channel, version, state, startedAt, Optional.ofNullable(endedAt), renditions);
  }

  private static long picture(RenditionWindow window) {
    return window.format() instanceof VideoFormat video ? (long) video.width() * video.height() : 0;
  }
}
