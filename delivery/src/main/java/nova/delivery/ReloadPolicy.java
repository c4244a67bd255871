package nova.delivery;

import java.math.RoundingMode;
import java.time.Duration;
import nova.core.Timescale;
import nova.delivery.ReloadDirectives.Reload;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot.TimelineState;
import org.jspecify.annotations.Nullable;

/// Decides which reloads are absurd, how long one may be held and what ends the wait.
///
/// Spec: rfc8216bis-22 §6.2.5.2 (Blocking Playlist Reload).
public final class ReloadPolicy {
  private static final int MSN_ADVANCE = 2;

  private ReloadPolicy() {}

  /// Why a reload asks for something too far ahead to wait for; null when it does not.
  public static @Nullable String absurdity(Reload reload, RenditionTimeline rendition) {
    LiveEdge edge = LiveEdge.of(rendition);
    long newest = edge.lastMsn();
    if (reload.msn() > newest + MSN_ADVANCE) {
      return "_HLS_msn is %d (expected: at most %d, 2 after the last segment)."
          .formatted(reload.msn(), newest + MSN_ADVANCE);
    }
    // In the last segment we know how many parts are between; after it at least those before the
    // one asked for are.
    long ahead =
        reload.msn() == newest
            ? reload.part() - edge.lastPart()
            : reload.msn() > newest ? reload.part() + 1 : 0;
    long limit = advancePartLimit(rendition);
    return ahead > limit
        ? "_HLS_part is %d, which is %d parts ahead (expected: at most %d ahead of the last part)."
            .formatted(reload.part(), ahead, limit)
        : null;
  }

  /// Parts that fit in 3 s, at least 3.
  private static long advancePartLimit(RenditionTimeline rendition) {
    Timescale scale = rendition.timescale();
    long target = Math.max(1, rendition.partTarget());
    long threeSeconds = scale.fromMs(3_000, RoundingMode.CEILING);
    return Math.max(3, Math.ceilDiv(threeSeconds, target));
  }

  /// What a reload waits for.
  public static Awaited awaited(Reload reload, RenditionTimeline rendition) {
    return reload.part() < 0
        ? new Awaited.WholeSegment(rendition.id(), reload.msn())
        : new Awaited.PartOfPlaylist(rendition.id(), reload.msn(), reload.part());
  }

  /// How long a reload or a hinted part is held.
  public static Duration holdLimit(int targetDurationSeconds) {
    return Duration.ofSeconds(3L * targetDurationSeconds);
  }

  /// What a reload gets when the hold limit has passed and nothing came: true for the current
  /// playlist (200), false for 503. While the broadcaster is away nothing *can* come; a player that
  /// gets what there is keeps polling and resumes, while an error may end its playback.
  public static boolean answersCurrentPlaylistAfterHold(TimelineState state) {
    return switch (state) {
      case RECONNECTING, ENDED -> true;
      case LIVE -> false;
    };
  }
}
