package nova.app;

import picocli.CommandLine.Command;

/// `nova api`.
@Command(
    name = "api",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Serve the API and the pages, as one service of several. Needs kafka.*, redis.* and"
            + " database.*.",
    sortOptions = false)
final class ApiCommand extends RoleCommand {
  ApiCommand() {
    super(Role.API, ApiRole::open);
  }
}
