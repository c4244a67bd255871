package nova.segments;

import java.time.Duration;
import nova.core.DataSize;
import nova.core.Setting;

/// Settings of media on disk.
///
/// *Immutable.*
///
/// @param folder which packagers write and delivery reads; empty for none
/// @param size of all files together
/// @param age after which a file goes
public record DiskMediaConfig(
    @Setting(
            value =
                "Folder that all transcode and delivery servers share, for whole segments that are"
                    + " delivered while Redis is away or refuses media, in its folder nova-media;"
                    + " empty: none.",
            byDefault = "")
        String folder,
    @Setting(
            value = "Size of all files in that folder; the oldest are removed beyond it.",
            byDefault = "4GiB")
        DataSize size,
    @Setting(value = "Age at which a file in that folder is removed.", byDefault = "10m")
        Duration age) {
  public DiskMediaConfig {
    if (size.bytes() < DataSize.ofMiB(16).bytes()) {
      throw new IllegalArgumentException("size %s (expected: >= 16MiB)".formatted(size));
    }
    if (age.compareTo(Duration.ofMinutes(2)) < 0) {
      throw new IllegalArgumentException(
          "age %d s (expected: >= 120 s)".formatted(age.toSeconds()));
    }
  }

  /// None.
  public static DiskMediaConfig defaults() {
    return new DiskMediaConfig("", DataSize.ofMiB(4096), Duration.ofMinutes(10));
  }
}
