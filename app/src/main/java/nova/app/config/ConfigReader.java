package nova.app.config;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import nova.app.error.StartupException;

/// Reads the configuration. Later sources win: defaults, those of the command, the file, `NOVA_…`
/// variables, options.
///
/// A key nobody declared is an error in the file, with a suggestion, and so is one that was
/// removed. In the environment an unknown one is only a warning, because Kubernetes puts variables
/// such as `NOVA_PORT` into every container beside a service called `nova`.
///
/// *Immutable.*
public final class ConfigReader {
  private static final String QUALITY_LEVELS =
      "rungs are the quality levels of the API now, /api/v1/quality-levels, and change while the"
          + " server runs";

  /// Keys that were renamed or dropped, with what to write instead.
  private static final Map<String, String> REMOVED =
      Map.of(
          "events.keep",
          "what happened to streams is in the audit log, which is kept; remove it",
          "transcode.ladder.rungs",
          QUALITY_LEVELS,
          "transcode.ladder.full-rate-lines",
          QUALITY_LEVELS + ", each with its maxFrameRate");

  /// What is no key and yet known: the file itself, and what commands take that ask a server.
  private static final Set<String> OTHER_VARIABLES =
      Set.of("NOVA_CONFIG", "NOVA_API", "NOVA_TOKEN");

  private final Map<String, SettingKey> keys;
  private final Map<String, String> removed;
  private final Map<String, String> defaults;
  private final Consumer<String> warnings;

  /// A reader of the keys of [AppConfig].
  ///
  /// @param warnings told about variables that look like configuration and are not
  public ConfigReader(Consumer<String> warnings) {
    this(Map.of(), warnings);
  }

  /// As [#ConfigReader(Consumer)], for a command with defaults of its own.
  ///
  /// @param defaults by key
  public ConfigReader(Map<String, String> defaults, Consumer<String> warnings) {
    this(SettingKey.of(AppConfig.class), REMOVED, defaults, warnings);
  }

  ConfigReader(
      List<SettingKey> keys,
      Map<String, String> removed,
      Map<String, String> defaults,
      Consumer<String> warnings) {
    this.keys = keys.stream().collect(Collectors.toMap(SettingKey::path, Function.identity()));
    this.removed = Map.copyOf(removed);
    this.defaults = Map.copyOf(defaults);
    this.warnings = warnings;
  }

  /// Merges the sources and checks every value.
  ///
  /// @param file the file given with `--config`
  /// @param environment all variables of the process
  /// @param options key and value of each option on the command line
  /// @throws StartupException with a sentence that names key, value and expectation
  public AppConfig read(
      Optional<Path> file, Map<String, String> environment, Map<String, ConfigValue> options) {
    return new RecordBinder(merge(file, environment, options)).bind(AppConfig.class);
  }

  Map<String, ConfigValue> merge(
      Optional<Path> file, Map<String, String> environment, Map<String, ConfigValue> options) {
    Map<String, ConfigValue> merged = new LinkedHashMap<>();
    defaults.forEach((key, value) -> merged.put(key, ConfigValue.of(value, "default")));
    file.map(YamlFile::read).ifPresent(merged::putAll);
    merged.forEach(this::requireKnown);
    merged.putAll(fromEnvironment(environment));
    merged.putAll(options);
    return merged;
  }

  private void requireKnown(String path, ConfigValue value) {
    if (keys.containsKey(path)) {
      return;
    }
    if (removed.containsKey(path)) {
      throw new StartupException(
          "'%s' in %s is no longer a key: %s".formatted(path, value.origin(), removed.get(path)));
    }
    List<String> below =
        keys.keySet().stream().filter(k -> k.startsWith(path + ".")).sorted().toList();
    if (!below.isEmpty()) {
      throw new StartupException(
          "'%s' in %s holds a single value (expected: keys below it, such as %s)"
              .formatted(path, value.origin(), below.getFirst()));
    }
    throw new StartupException(
        "unknown key '%s' in %s%s; docs/configuration.md lists all keys"
            .formatted(path, value.origin(), suggestion(path, keys.keySet())));
  }

  private Map<String, ConfigValue> fromEnvironment(Map<String, String> environment) {
    Map<String, String> paths = new TreeMap<>();
    keys.values().forEach(key -> paths.put(key.variable(), key.path()));
    Map<String, ConfigValue> found = new LinkedHashMap<>();
    environment.forEach(
        (name, text) -> {
          String path = paths.get(name);
          requireNotRemoved(name);
          if (path != null) {
            found.put(path, ConfigValue.of(text, "environment variable " + name));
          } else if (name.startsWith("NOVA_") && !OTHER_VARIABLES.contains(name)) {
            warnings.accept(
                "environment variable %s is not a setting%s"
                    .formatted(name, suggestion(name, paths.keySet())));
          }
        });
    return found;
  }

  private void requireNotRemoved(String variable) {
    removed.forEach(
        (path, instead) -> {
          if (SettingKey.variable(path).equals(variable)) {
            throw new StartupException(
                "environment variable %s is no longer a setting: %s".formatted(variable, instead));
          }
        });
  }

  private static String suggestion(String written, Collection<String> candidates) {
    return NearestName.of(written, candidates).map(n -> " (did you mean '" + n + "'?)").orElse("");
  }
}
