package nova.delivery;

/// What a viewer asked for, as metrics tell requests apart.
public enum RequestKind {
  MULTIVARIANT_PLAYLIST,
  MEDIA_PLAYLIST,
  INIT,
  SEGMENT,
  PART,
  POSTER,
  TIME,
  /// No path of ours.
  OTHER
}
