package nova.control.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// The files in a zip file as text, to be changed and written again.
final class ZipParts {
  private final Map<String, String> parts = new LinkedHashMap<>();

  static ZipParts read(Path path) throws IOException {
    ZipParts read = new ZipParts();
    try (InputStream in = Files.newInputStream(path);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String text = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
        String _ = read.parts.put(entry.getName(), text);
      }
    }
    return read;
  }

  String get(String name) {
    return Objects.requireNonNull(parts.get(name), name);
  }

  ZipParts put(String name, String text) {
    String _ = parts.put(name, text);
    return this;
  }

  ZipParts remove(String name) {
    String _ = parts.remove(name);
    return this;
  }

  ZipParts replace(String name, String from, String to) {
    String before = get(name);
    if (!before.contains(from)) {
      throw new AssertionError("'%s' is not in %s".formatted(from, before));
    }
    return put(name, before.replace(from, to));
  }

  /// Replaces something in a table, and its size and checksum in the manifest.
  ZipParts forge(String table, String from, String to) {
    String name = TableContents.entry(table);
    String before = get(name);
    ZipParts _ = replace(name, from, to);
    String after = get(name);
    ZipParts _ = replace(BackupManifest.ENTRY, sha256(before), sha256(after));
    return replace(
        BackupManifest.ENTRY,
        "\"bytes\" : %d,\n    \"sha256\" : \"%s\"".formatted(length(before), sha256(after)),
        "\"bytes\" : %d,\n    \"sha256\" : \"%s\"".formatted(length(after), sha256(after)));
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String sha256(String text) {
    return HexFormat.of()
        .formatHex(BackupFile.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  Path write(Path path) throws IOException {
    try (OutputStream out = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        zip.write(part.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return path;
  }
}
