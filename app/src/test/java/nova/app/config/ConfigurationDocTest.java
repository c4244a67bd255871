package nova.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nova.testkit.Golden;
import org.junit.jupiter.api.Test;

class ConfigurationDocTest {
  private final List<SettingKey> keys = SettingKey.of(AppConfig.class);

  /// `make docs` writes the page anew.
  @Test
  void page_is_what_the_records_say() {
    Golden.assertMatches("../../../../../docs/configuration.md", ConfigurationDoc.page(keys));
  }

  /// Whoever renames a key or changes a default breaks somebody's server: do it knowingly, name the
  /// old key in ConfigReader.REMOVED, and update this file with -Dgolden.update.
  @Test
  void names_and_defaults_are_pinned() {
    Golden.assertMatches(
        "config/names-and-defaults.txt",
        keys.stream()
            .map(key -> "%s = %s%n".formatted(key.path(), key.byDefault()))
            .collect(Collectors.joining()));
  }

  @Test
  void every_key_has_its_own_variable_and_a_sentence() {
    assertThat(keys).extracting(SettingKey::variable).doesNotHaveDuplicates();
    assertThat(keys).allSatisfy(key -> assertThat(key.meaning()).endsWith("."));
  }

  @Test
  void annotated_defaults_are_those_of_the_records() throws ReflectiveOperationException {
    AppConfig bound = new RecordBinder(Map.of()).bind(AppConfig.class);
    for (RecordComponent component : AppConfig.class.getRecordComponents()) {
      if (component.getType().isRecord()) {
        Object declared = component.getType().getMethod("defaults").invoke(null);
        assertThat(component.getAccessor().invoke(bound)).isEqualTo(declared);
      }
    }
  }
}
