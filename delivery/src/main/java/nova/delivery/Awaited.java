package nova.delivery;

import java.util.Optional;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.segments.RenditionTimeline;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;

/// What a held request waits for. Requests that wait for the same are equal, so they are judged
/// once for all.
///
/// Spec: rfc8216bis-22 §6.2.5.2 (Blocking Playlist Reload), §6.2.6 (Partial Segments). *Immutable.*
public sealed interface Awaited {
  /// How a request stands towards a snapshot.
  enum Readiness {
    WAIT,
    READY,
    /// What was waited for will never come, or its rendition left.
    WITHDRAWN
  }

  /// How this stands. Pure, and ready stays ready in later snapshots while the rendition is there:
  /// a rung may leave.
  Readiness in(TimelineSnapshot snapshot);

  /// Bytes of the media in the answer that a snapshot allows; 0 for a playlist, which is short.
  default long mediaBytes(TimelineSnapshot snapshot) {
    return 0;
  }

  /// A stream that players can start with.
  record Start() implements Awaited {
    @Override
    public Readiness in(TimelineSnapshot snapshot) {
      return readyIf(snapshot.playable() || over(snapshot));
    }
  }

  /// A rendition that players can start with: it has a complete segment.
  record RenditionStart(RenditionId rendition) implements Awaited {
    @Override
    public Readiness in(TimelineSnapshot snapshot) {
      Optional<RenditionTimeline> timeline = snapshot.rendition(rendition);
      if (timeline.isEmpty()) {
        // Before the first media nobody knows which renditions there will be.
        return snapshot.renditions().isEmpty() && !over(snapshot)
            ? Readiness.WAIT
            : Readiness.WITHDRAWN;
      }
      return readyIf(timeline.get().lastCompleteSegment().isPresent() || over(snapshot));
    }
  }

  /// Segment `msn` complete, or a later one.
  record WholeSegment(RenditionId rendition, long msn) implements Awaited {
    @Override
    public Readiness in(TimelineSnapshot snapshot) {
      Optional<RenditionTimeline> timeline = snapshot.rendition(rendition);
      if (timeline.isEmpty()) {
        return Readiness.WITHDRAWN;
      }
      return readyIf(over(snapshot) || LiveEdge.of(timeline.get()).lastCompleteMsn() >= msn);
    }
  }

  /// Part `part` of segment `msn`, or anything later; a part beyond the last of a finished segment
  /// means the first of the next.
  record PartOfPlaylist(RenditionId rendition, long msn, long part) implements Awaited {
    @Override
    public Readiness in(TimelineSnapshot snapshot) {
      Optional<RenditionTimeline> timeline = snapshot.rendition(rendition);
      if (timeline.isEmpty()) {
        return Readiness.WITHDRAWN;
      }
      LiveEdge edge = LiveEdge.of(timeline.get());
      return readyIf(
          over(snapshot)
              || edge.lastMsn() > msn
              || (edge.lastMsn() == msn && edge.lastPart() >= part));
    }
  }

  /// The bytes of a part that a preload hint has named, here or in a playlist of another server
  /// that knew one change more of the timeline.
  record HintedPart(RenditionId rendition, Epoch epoch, long msn, int part) implements Awaited {
    @Override
    public Readiness in(TimelineSnapshot snapshot) {
      Optional<RenditionTimeline> timeline = snapshot.rendition(rendition);
      if (timeline.isEmpty()) {
        return Readiness.WITHDRAWN;
      }
      if (published(timeline.get()).isPresent()) {
        return Readiness.READY;
      }
      LiveEdge.Hint hint = LiveEdge.hint(snapshot, timeline.get());
      return hint != null && isAtOrNextAfter(hint) ? Readiness.WAIT : Readiness.WITHDRAWN;
    }

    private boolean isAtOrNextAfter(LiveEdge.Hint hint) {
      return epoch.equals(hint.epoch())
          && (msn == hint.msn()
              ? part == hint.part() || part == hint.part() + 1
              : msn == hint.msn() + 1 && part == 0);
    }

    @Override
    public long mediaBytes(TimelineSnapshot snapshot) {
      return snapshot
          .rendition(rendition)
          .flatMap(this::published)
          .map(published -> (long) published.sizeBytes())
          .orElse(0L);
    }

    private Optional<TimelinePart> published(RenditionTimeline timeline) {
      for (int i = timeline.segments().size() - 1; i >= 0; i--) {
        TimelineSegment segment = timeline.segments().get(i);
        if (segment.number() <= msn) {
          return segment.number() == msn
                  && segment.epoch().equals(epoch)
                  && segment.parts().size() > part
              ? Optional.of(segment.parts().get(part))
              : Optional.empty();
        }
      }
      return Optional.empty();
    }
  }

  /// The bytes of a segment that is open here, and complete in a playlist of another server that
  /// knew one change more of the timeline.
  record OpenSegment(RenditionId rendition, Epoch epoch, long number) implements Awaited {
    @Override
    public Readiness in(TimelineSnapshot snapshot) {
      Optional<RenditionTimeline> timeline = snapshot.rendition(rendition);
      if (timeline.isEmpty() || timeline.get().segments().isEmpty()) {
        return Readiness.WITHDRAWN;
      }
      TimelineSegment last = timeline.get().segments().getLast();
      boolean isOpen = last.number() == number && last.epoch().equals(epoch) && !last.complete();
      return readyIf(!isOpen || over(snapshot));
    }

    @Override
    public long mediaBytes(TimelineSnapshot snapshot) {
      return snapshot.rendition(rendition).stream()
          .flatMap(timeline -> timeline.segments().stream())
          .filter(segment -> segment.number() == number)
          .mapToLong(TimelineSegment::sizeBytes)
          .sum();
    }
  }

  private static Readiness readyIf(boolean ready) {
    return ready ? Readiness.READY : Readiness.WAIT;
  }

  private static boolean over(TimelineSnapshot snapshot) {
    return snapshot.state() == TimelineState.ENDED;
  }
}
