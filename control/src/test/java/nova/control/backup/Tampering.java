package nova.control.backup;

import java.util.List;
import java.util.function.UnaryOperator;

/// What somebody did to a backup, and what is said to that.
record Tampering(String name, String sentence, UnaryOperator<ZipParts> change) {
  static final List<Tampering> ALL =
      List.of(
          new Tampering(
              "row",
              "its tables/channels.csv is not as it was written",
              parts -> parts.replace("tables/channels.csv", "public", "token")),
          new Tampering(
              "row more",
              "its tables/streams.csv is not as it was written",
              parts -> parts.put("tables/streams.csv", parts.get("tables/streams.csv") + "x\n")),
          new Tampering(
              "missing table",
              "it has no tables/channels.csv",
              parts -> parts.put("x", "").remove("tables/channels.csv")),
          new Tampering(
              "strange file", "files (expected:", parts -> parts.put("../../etc/passwd", "root")),
          new Tampering(
              "no manifest", "it has no manifest.json", parts -> parts.remove("manifest.json")),
          new Tampering(
              "other manifest",
              "its manifest.json is damaged",
              parts -> parts.put("manifest.json", "[1]")),
          new Tampering(
              "huge manifest",
              "is larger than 1048576 bytes",
              parts -> parts.put("manifest.json", " ".repeat(1 << 21))),
          new Tampering(
              "huge table",
              "it holds more than",
              parts ->
                  parts.put(
                      "manifest.json",
                      parts
                          .get("manifest.json")
                          .replaceFirst("\"bytes\" : \\d+", "\"bytes\" : 9223372036854775807"))),
          new Tampering(
              "later format",
              "it has the format 2 (expected: 1;",
              parts -> parts.replace("manifest.json", "\"format\" : 1", "\"format\" : 2")),
          new Tampering(
              "later schema",
              "the backup is of schema 99 (expected: 1..",
              parts ->
                  parts.put(
                      "manifest.json",
                      parts
                          .get("manifest.json")
                          .replaceFirst("\"schemaVersion\" : \\d+", "\"schemaVersion\" : 99"))),
          new Tampering(
              "unknown table",
              "the backup has the tables [",
              parts -> {
                String csv = parts.get("tables/tokens.csv");
                return parts
                    .remove("tables/tokens.csv")
                    .put("tables/pg_authid.csv", csv)
                    .replace("manifest.json", "\"tokens\"", "\"pg_authid\"");
              }),
          new Tampering(
              "statement as name",
              "its manifest.json is damaged: a name that is none",
              parts -> parts.replace("manifest.json", "\"tokens\"", "\"tokens; DROP TABLE x\"")),
          new Tampering(
              "unknown column",
              "the backup's table channels has the columns",
              parts -> parts.replace("manifest.json", "\"broadcaster_id\"", "\"nobody\"")),
          new Tampering(
              "row too few",
              "the backup's table channels has 0 rows (expected: 1)",
              parts -> {
                String csv = parts.get("tables/channels.csv");
                return parts.forge("channels", csv.substring(csv.indexOf('\n') + 1), "");
              }),
          new Tampering(
              "key of no channel",
              "contradicts itself: the constraint stream_keys_channel_id_fkey does not hold",
              parts ->
                  parts.forge(
                      "stream_keys", BackupTest.CHANNEL, BackupTest.CHANNEL.replace('1', '9'))),
          new Tampering(
              "no row",
              "the rows of table channels cannot be restored: ERROR: invalid input syntax",
              parts -> parts.forge("channels", BackupTest.CHANNEL, "no-uuid")));
}
