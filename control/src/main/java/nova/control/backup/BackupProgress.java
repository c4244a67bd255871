package nova.control.backup;

/// Hears how far a backup is.
@FunctionalInterface
public interface BackupProgress {
  /// Hears nothing.
  BackupProgress NONE = (_, _) -> {};

  /// A table is done.
  void table(String name, long rows);
}
