package nova.delivery;

/// How long caches may keep an answer.
///
/// Media never changes, so it may be kept for ever. A playlist asked for with `_HLS_msn` never
/// changes what it promises, so it outlives every viewer that may still ask; a plain live one is
/// old within a part. Errors are kept for a moment, so that a cache absorbs a crowd that asks for
/// what is not there.
///
/// What a token opened by its place in the path keeps these headers: whoever knows the URL has the
/// token. What an `Authorization` header opened is for that viewer's own cache.
///
/// Spec: rfc8216bis-22 Appendix B.1 (Low-Latency Server Configuration Profile).
public final class CachePolicy {
  /// For answers that are true now and for one client only.
  public static final String NO_STORE = "no-store";

  /// For media and media initialization sections.
  public static final String IMMUTABLE = "public, max-age=31536000, immutable";

  /// For posters: old as soon as there is another, which is every few seconds by default. Pages
  /// that show one for long ask again under another query.
  public static final String POSTER = "public, max-age=5";

  /// For preflight answers.
  public static final String PREFLIGHT = "public, max-age=86400";

  /// Target duration assumed for errors about streams that we know nothing of.
  public static final int UNKNOWN_TARGET_DURATION = 4;

  /// A stream that is over and was asked for by its id stays as it is until it is removed.
  private static final String ENDED = "public, max-age=600";

  private static final String PUBLIC = "public";
  private static final String PLAIN = "public, max-age=1";

  private CachePolicy() {}

  /// A playlist (200).
  ///
  /// @param ended whether it has ENDLIST
  /// @param byId whether the stream was named by id: a channel's next stream has the same URL
  public static String playlist(
      boolean blocking, boolean ended, boolean byId, int targetDurationSeconds) {
    if (ended) {
      return byId ? ENDED : PLAIN;
    }
    return blocking ? maxAge(6, targetDurationSeconds) : PLAIN;
  }

  /// An error in place of a playlist.
  public static String playlistError(boolean blocking, int targetDurationSeconds) {
    return maxAge(blocking ? 4 : 1, targetDurationSeconds);
  }

  /// An error in place of media.
  public static String mediaError(int targetDurationSeconds) {
    return maxAge(1, targetDurationSeconds);
  }

  /// The same for the caches of one viewer only.
  public static String privately(String cacheControl) {
    return cacheControl.startsWith(PUBLIC)
        ? "private" + cacheControl.substring(PUBLIC.length())
        : cacheControl;
  }

  private static String maxAge(int times, int targetDurationSeconds) {
    return "public, max-age=" + (long) times * targetDurationSeconds;
  }
}
