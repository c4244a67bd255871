package nova.app;

import picocli.CommandLine.Command;

/// `nova delivery`.
@Command(
    name = "delivery",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Serve viewers, as one service of several. Needs redis.* and database.*; tells kafka.* what"
            + " viewers do.",
    sortOptions = false)
final class DeliveryCommand extends RoleCommand {
  DeliveryCommand() {
    super(Role.DELIVERY, DeliveryRole::open);
  }
}
