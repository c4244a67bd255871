package nova.app.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import nova.app.error.StartupException;
import nova.core.Setting;

/// Turns written values into a tree of configuration records: a component whose key was not written
/// takes its declared default. Ranges are checked by the records' own constructors.
///
/// *Immutable.*
final class RecordBinder {
  private final Map<String, ConfigValue> values;

  RecordBinder(Map<String, ConfigValue> values) {
    this.values = Map.copyOf(values);
  }

  /// @throws StartupException naming key, value and expectation
  <R extends Record> R bind(Class<R> type) {
    return type.cast(record(type, ""));
  }

  private Object record(Class<?> type, String prefix) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      arguments[i] = component(components[i], SettingKey.path(prefix, components[i]));
    }
    try {
      return constructor(type, components).newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refusal) {
        throw new StartupException(
            "configuration%s: %s"
                .formatted(prefix.isEmpty() ? "" : " of " + prefix, refusal.getMessage()),
            refusal);
      }
      throw new IllegalStateException("cannot create " + type.getName(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot create " + type.getName(), e);
    }
  }

  private Object component(RecordComponent component, String path) {
    Optional<SettingType> type = SettingType.of(component.getType(), component.getGenericType());
    if (type.isEmpty()) {
      return record(component.getType(), path);
    }
    ConfigValue value = values.get(path);
    if (value == null) {
      Setting setting = component.getAnnotation(Setting.class);
      return type.get().parse(ConfigValue.of(setting.byDefault(), "default"));
    }
    try {
      return type.get().parse(value);
    } catch (IllegalArgumentException e) {
      throw new StartupException(
          "%s: '%s' in %s (expected: %s)"
              .formatted(path, value.shown(), value.origin(), e.getMessage()),
          e);
    }
  }

  private static Constructor<?> constructor(Class<?> type, RecordComponent[] components)
      throws NoSuchMethodException {
    Class<?>[] parameters =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    return type.getConstructor(parameters);
  }
}
