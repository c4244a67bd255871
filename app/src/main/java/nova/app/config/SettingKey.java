package nova.app.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nova.core.Setting;

/// One key of the configuration, as its record declares it.
///
/// *Immutable.*
///
/// @param path such as `rtmp.port`
/// @param byDefault the default, spelled as in the file
/// @param meaning one sentence for the operator
record SettingKey(String path, SettingType type, String byDefault, String meaning) {

  /// The environment variable that overrides this key, such as `NOVA_RTMP_PORT`.
  String variable() {
    return variable(path);
  }

  /// The environment variable of a key.
  static String variable(String path) {
    return "NOVA_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /// All keys below a configuration record, in the order of its components.
  static List<SettingKey> of(Class<? extends Record> root) {
    List<SettingKey> keys = new ArrayList<>();
    collect(root, "", keys);
    return List.copyOf(keys);
  }

  private static void collect(Class<?> record, String prefix, List<SettingKey> keys) {
    for (RecordComponent component : record.getRecordComponents()) {
      Setting setting = component.getAnnotation(Setting.class);
      if (setting == null) {
        throw new IllegalStateException(
            "%s.%s has no @Setting".formatted(record.getName(), component.getName()));
      }
      String path = path(prefix, component);
      Optional<SettingType> type = SettingType.of(component.getType(), component.getGenericType());
      if (type.isPresent()) {
        keys.add(new SettingKey(path, type.get(), setting.byDefault(), setting.value()));
      } else {
        collect(component.getType(), path, keys);
      }
    }
  }

  /// The key of a component: its name in kebab-case below the key of its record.
  static String path(String prefix, RecordComponent component) {
    String kebab =
        component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    return prefix.isEmpty() ? kebab : prefix + "." + kebab;
  }
}
