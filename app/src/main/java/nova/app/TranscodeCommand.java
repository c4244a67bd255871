package nova.app;

import picocli.CommandLine.Command;

/// `nova transcode`.
@Command(
    name = "transcode",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Package and encode streams, as one service of several. Needs kafka.*, redis.* and"
            + " database.*.",
    sortOptions = false)
final class TranscodeCommand extends RoleCommand {
  TranscodeCommand() {
    super(Role.TRANSCODE, TranscodeRole::open);
  }
}
