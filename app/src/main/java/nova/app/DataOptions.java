package nova.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nova.app.config.AppConfig;
import nova.app.config.ConfigReader;
import nova.app.config.ConfigValue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/// The options of every command that needs the data of a server, beside it or in its place.
///
/// *Confined to the main thread.*
final class DataOptions {
  private static final Logger log = LoggerFactory.getLogger(DataOptions.class);

  @Option(
      names = "--config",
      order = -3,
      paramLabel = "FILE",
      description = "Configuration file (YAML); docs/configuration.md lists its keys.",
      defaultValue = "${env:NOVA_CONFIG}")
  private @Nullable Path config;

  @Option(
      names = "--data",
      order = -2,
      paramLabel = "DIR",
      description = "Folder for what must survive a restart (./nova-data).")
  private @Nullable String data;

  /// Merges defaults of the command, file, environment and options.
  AppConfig read(
      Map<String, String> defaults,
      Map<String, String> environment,
      Map<String, ConfigValue> options) {
    Map<String, ConfigValue> all = new LinkedHashMap<>(options);
    if (data != null) {
      all.put("data", ConfigValue.of(data, "option --data"));
    }
    return new ConfigReader(defaults, log::warn)
        .read(Optional.ofNullable(config), environment, all);
  }

  /// As [#read], for a command that does one thing and ends: of the log, it shows warnings.
  AppConfig readForCommand(Map<String, String> environment) {
    AppConfig merged = read(Map.of(), environment, Map.of());
    Logging.setLevel("warn");
    return merged;
  }
}
