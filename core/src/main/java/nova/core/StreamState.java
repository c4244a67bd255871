package nova.core;

/// Where a broadcast stands in its life.
///
/// ```
/// PENDING_INGEST ──▶ ACTIVE ◀──▶ RECONNECTING ──▶ ERROR
///                      └──▶ ENDED_GRACEFULLY
/// ```
public enum StreamState {
  /// Accepted; no media has arrived yet.
  PENDING_INGEST,
  /// The broadcaster is sending.
  ACTIVE,
  /// The connection was lost; the grace time is running.
  RECONNECTING,
  /// The broadcaster said goodbye.
  ENDED_GRACEFULLY,
  /// The grace time passed without a return, or the stream failed.
  ERROR;

  public boolean isOver() {
    return this == ENDED_GRACEFULLY || this == ERROR;
  }
}
