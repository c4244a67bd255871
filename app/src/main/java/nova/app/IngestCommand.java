package nova.app;

import picocli.CommandLine.Command;

/// `nova ingest`.
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Take broadcasters in, as one service of several. Needs kafka.*, redis.* and database.*.",
    sortOptions = false)
final class IngestCommand extends RoleCommand {
  IngestCommand() {
    super(Role.INGEST, IngestRole::open);
  }
}
