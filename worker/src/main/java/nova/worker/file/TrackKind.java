package nova.worker.file;

/// The tracks that are taken from a file.
enum TrackKind {
  VIDEO("video", "H.264"),
  AUDIO("audio", "AAC");

  private final String label;
  private final String codec;

  TrackKind(String label, String codec) {
    this.label = label;
    this.codec = codec;
  }

  /// For messages.
  String label() {
    return label;
  }

  /// The only codec that it may have.
  String codec() {
    return codec;
  }
}
