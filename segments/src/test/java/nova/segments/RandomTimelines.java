package nova.segments;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.segments.TimelineSnapshot.TimelineState;

/// Timelines as packagers make them, and some that none does.
public final class RandomTimelines {
  private static final List<String> RENDITIONS = List.of("source", "720p", "480p", "audio", "x-1");
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  private RandomTimelines() {}

  /// Any snapshot of a stream.
  public static TimelineSnapshot any(StreamId stream, Random random) {
    TimelineSnapshot snapshot =
        new TimelineSnapshot(
            stream,
            new ChannelSlug("live"),
            random.nextInt(1_000),
            TimelineState.LIVE,
            NOON.plusNanos(random.nextInt()),
            Optional.empty(),
            List.of());
    for (int step = random.nextInt(40); step > 0; step--) {
      snapshot = next(snapshot, random);
    }
    return snapshot;
  }

  /// What may come after a snapshot: parts and segments more, others gone, renditions that come and
  /// go, and now and then anything at all.
  public static TimelineSnapshot next(TimelineSnapshot before, Random random) {
    List<RenditionTimeline> renditions = new ArrayList<>();
    for (RenditionTimeline rendition : before.renditions()) {
      switch (random.nextInt(12)) {
        case 0 -> {} // gone
        case 1, 2, 3, 4 -> renditions.add(rendition);
        case 5 -> renditions.addFirst(changed(rendition, random));
        default -> renditions.add(grown(rendition, random));
      }
    }
    String name = RENDITIONS.get(random.nextInt(RENDITIONS.size()));
    if (random.nextInt(4) == 0 && renditions.stream().noneMatch(r -> r.id().value().equals(name))) {
      renditions.add(rendition(name, random));
    }
    boolean ended = random.nextInt(10) == 0;
    return new TimelineSnapshot(
        before.stream(),
        before.channel(),
        before.version() + 1 + random.nextInt(3),
        List.of(TimelineState.values()).get(random.nextInt(3)),
        before.startedAt(),
        ended ? Optional.of(NOON.plusMillis(random.nextInt())) : before.endedAt(),
        renditions);
  }

  private static RenditionTimeline rendition(String name, Random random) {
    RenditionFormat format =
        random.nextBoolean()
            ? new RenditionFormat.Video(
                "avc1.64001f", random.nextLong(), 3_000_000, 1280, 720, random.nextDouble() * 60)
            : new RenditionFormat.Audio("mp4a.40.2", 128_000, random.nextInt(), 48_000, 2);
    return new RenditionTimeline(
        new RenditionId(name),
        format,
        random.nextBoolean(),
        random.nextLong(),
        new Timescale(1 + random.nextInt(Integer.MAX_VALUE)),
        30_060,
        4,
        random.nextBoolean(),
        random.nextInt(3),
        List.of());
  }

  /// Sometimes in ways that no packager's timeline changes.
  private static RenditionTimeline changed(RenditionTimeline rendition, Random random) {
    List<TimelineSegment> segments = new ArrayList<>(rendition.segments());
    if (!segments.isEmpty()) {
      int at = random.nextInt(segments.size());
      segments.set(at, segment(random.nextLong(), random.nextLong(), random));
    }
    return with(rendition, segments, random);
  }

  private static RenditionTimeline grown(RenditionTimeline rendition, Random random) {
    List<TimelineSegment> segments = new ArrayList<>(rendition.segments());
    for (int gone = random.nextInt(3); gone > 0 && segments.size() > random.nextInt(6); gone--) {
      segments.removeFirst();
    }
    if (segments.isEmpty() || segments.getLast().complete()) {
      long number = segments.isEmpty() ? random.nextInt(100) : segments.getLast().number() + 1;
      long start = segments.isEmpty() ? random.nextInt() : end(segments.getLast());
      segments.add(segment(number, start, random));
    } else {
      segments.set(segments.size() - 1, grown(segments.getLast(), random));
    }
    return with(rendition, segments, random);
  }

  private static TimelineSegment segment(long number, long start, Random random) {
    return new TimelineSegment(
        number,
        new Epoch(random.nextInt(3)),
        random.nextBoolean(),
        NOON.plusNanos(random.nextLong(1L << 40)),
        start,
        List.of(),
        false,
        random.nextInt(8) == 0);
  }

  private static TimelineSegment grown(TimelineSegment segment, Random random) {
    if (random.nextInt(4) == 0) {
      return segment.completed();
    }
    long duration = random.nextInt(9) == 0 ? random.nextLong() : 30_000 + random.nextInt(60);
    return segment.withPart(
        new TimelinePart(duration, random.nextBoolean(), random.nextInt(1 << 20)));
  }

  private static long end(TimelineSegment segment) {
    return segment.start() + segment.duration();
  }

  private static RenditionTimeline with(
      RenditionTimeline rendition, List<TimelineSegment> segments, Random random) {
    return new RenditionTimeline(
        rendition.id(),
        rendition.format(),
        rendition.listed(),
        rendition.version() + random.nextInt(2),
        rendition.timescale(),
        rendition.partTarget(),
        rendition.targetDurationSeconds(),
        rendition.independentSegments(),
        rendition.discontinuitySequence(),
        segments);
  }
}
