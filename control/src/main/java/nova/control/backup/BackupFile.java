package nova.control.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// A backup that was written: whole, and as it was written.
///
/// *Confined to its opener's thread.*
public final class BackupFile implements AutoCloseable {
  /// No backup holds more, uncompressed.
  static final long MAX_BYTES = 256L << 30;

  private static final int MAX_MANIFEST_BYTES = 1 << 20;

  private final Path path;
  private final ZipFile zip;
  private final BackupManifest manifest;

  private BackupFile(Path path, ZipFile zip, BackupManifest manifest) {
    this.path = path;
    this.zip = zip;
    this.manifest = manifest;
  }

  /// Opens a file and reads all of it once, so that what is read later is known to be whole.
  ///
  /// @throws BackupException with a sentence when it is no backup, a part of one, or changed since
  public static BackupFile open(Path path) {
    try {
      ZipFile zip = new ZipFile(path.toFile());
      try {
        BackupFile file = new BackupFile(path, zip, manifest(zip));
        file.check();
        return file;
      } catch (IOException | RuntimeException e) {
        zip.close();
        throw e;
      }
    } catch (ZipException e) {
      throw refused(path, "it is no zip file, or only a part of one", e);
    } catch (IOException e) {
      throw refused(path, "it cannot be read: " + e.getMessage(), e);
    } catch (BackupException e) {
      throw refused(path, String.valueOf(e.getMessage()), e);
    }
  }

  private static BackupException refused(Path path, String why, Exception cause) {
    return new BackupException(
        "'%s' cannot be restored: %s (expected: a file that nova backup wrote)"
            .formatted(path, why),
        cause);
  }

  /// What it says that it holds, which is so.
  public BackupManifest manifest() {
    return manifest;
  }

  /// Where it is, for people.
  @Override
  public String toString() {
    return path.toString();
  }

  private static BackupManifest manifest(ZipFile zip) throws IOException {
    ZipEntry entry = entry(zip, BackupManifest.ENTRY);
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] json = in.readNBytes(MAX_MANIFEST_BYTES + 1);
      if (json.length > MAX_MANIFEST_BYTES) {
        throw new BackupException(
            "its manifest.json is larger than %d bytes".formatted(MAX_MANIFEST_BYTES));
      }
      CRC32 sum = new CRC32();
      sum.update(json);
      if (sum.getValue() != entry.getCrc()) {
        throw new BackupException("its manifest.json is not as it was written");
      }
      return ManifestJson.read(new String(json, StandardCharsets.UTF_8));
    }
  }

  private static ZipEntry entry(ZipFile zip, String name) {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new BackupException("it has no %s".formatted(name));
    }
    return entry;
  }

  private void check() throws IOException {
    if (zip.size() != manifest.tables().size() + 1) {
      throw new BackupException(
          "it has %d files (expected: %d)".formatted(zip.size(), manifest.tables().size() + 1));
    }
    long left = MAX_BYTES;
    for (TableContents table : manifest.tables()) {
      left -= Math.min(table.bytes(), MAX_BYTES + 1);
      if (left < 0) {
        throw new BackupException("it holds more than %d bytes".formatted(MAX_BYTES));
      }
      check(table);
    }
  }

  private void check(TableContents table) throws IOException {
    try (InputStream in = zip.getInputStream(entry(zip, table.entry()));
        DigestInputStream digested = new DigestInputStream(in, sha256())) {
      long bytes = 0;
      byte[] buffer = new byte[1 << 16];
      // One more than there should be, and then no further.
      for (int n = 0; n >= 0 && bytes <= table.bytes(); n = digested.read(buffer)) {
        bytes += n;
      }
      String sum = HexFormat.of().formatHex(digested.getMessageDigest().digest());
      if (bytes != table.bytes() || !sum.equals(table.sha256())) {
        throw new BackupException("its %s is not as it was written".formatted(table.entry()));
      }
    }
  }

  /// The rows of a table.
  InputStream rows(TableContents table) throws IOException {
    return zip.getInputStream(entry(zip, table.entry()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// Counts and digests what goes by.
  static final class Measured extends OutputStream {
    private final OutputStream out;
    private final MessageDigest digest = sha256();
    private long bytes;

    Measured(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      out.write(buffer, offset, length);
      digest.update(buffer, offset, length);
      bytes += length;
    }

    long bytes() {
      return bytes;
    }

    /// To be asked once.
    String sum() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
