package nova.core;

/// What a track carries.
public enum TrackKind {
  VIDEO("video"),
  AUDIO("audio");

  private final String label;

  TrackKind(String label) {
    this.label = label;
  }

  /// The lower-case name used in JSON and metrics.
  public String label() {
    return label;
  }
}
