package nova.packager;

import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nova.core.ChannelSlug;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.core.TrackKind;
import nova.framelog.SegmentBoundaryPolicy;
import nova.media.TrackFormat;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.jspecify.annotations.Nullable;

/// A stream's timeline while it grows: its renditions, its state and the version of the next
/// snapshot.
///
/// *Confined to its stream's thread.*
final class TimelineBuilder {
  private final StreamId stream;
  private final ChannelSlug channel;
  private final Instant startedAt;
  private final PackagerConfig config;

  // Video before audio, as in the multivariant playlist.
  private final Map<TrackKind, RenditionWindow> windows = new TreeMap<>();
  private long version;
  private TimelineState state = TimelineState.LIVE;
  private @Nullable Instant endedAt;

  TimelineBuilder(StreamId stream, ChannelSlug channel, Instant startedAt, PackagerConfig config) {
    this.stream = stream;
    this.channel = channel;
    this.startedAt = startedAt;
    this.config = config;
  }

  StreamId stream() {
    return stream;
  }

  /// The name of the rendition that carries a track; empty for tracks that are not carried.
  static Optional<RenditionId> renditionOf(TrackId track) {
    if (track.equals(TrackId.VIDEO)) {
      return Optional.of(new RenditionId("source"));
    }
    return track.equals(TrackId.AUDIO) ? Optional.of(new RenditionId("audio")) : Optional.empty();
  }

  Collection<RenditionWindow> windows() {
    return windows.values();
  }

  @Nullable RenditionWindow find(TrackId track) {
    return windows.get(track.kind());
  }

  /// Adds a rendition; it exists from its first media on.
  RenditionWindow add(RenditionId id, TrackId track, TrackFormat format, long discontinuities) {
    RenditionWindow window =
        new RenditionWindow(
            id,
            format,
            format.timescale().fromDuration(config.partTarget(), RoundingMode.FLOOR),
            SegmentBoundaryPolicy.TARGET_DURATION_SECONDS,
            discontinuities);
    windows.put(track.kind(), window);
    return window;
  }

  void state(TimelineState next) {
    state = next;
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
    List<RenditionTimeline> renditions = new ArrayList<>();
    for (RenditionWindow window : windows.values()) {
      renditions.add(window.timeline(version));
    }
    return new TimelineSnapshot(
        stream, channel, version, state, startedAt, Optional.ofNullable(endedAt), renditions);
  }
}
