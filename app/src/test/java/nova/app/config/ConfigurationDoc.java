package nova.app.config;

import java.util.List;

/// Writes docs/configuration.md.
final class ConfigurationDoc {
  private ConfigurationDoc() {}

  static String page(List<SettingKey> keys) {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration

            <!-- Written by `make docs` from the configuration records; a test compares. Do not edit. -->

            Everything has a default: Nova runs without a file. Later sources win: defaults, the YAML file given with
            `--config FILE` (or `NOVA_CONFIG`), environment variables, options on the command line (`./nova start --help`).

            ```yaml
            http:
              port: 8080
            stream-keys:
              - live=a-long-random-secret
            ```

            An unknown key or a value of the wrong type stops the start with a sentence that says what was expected.
            Durations are written `500ms`, `30s`, `10m`, `24h`; sizes `512B`, `64KiB`, `64MiB`, `2GiB`. In an environment
            variable the items of a list are separated by commas.

            | key | type | default | meaning | environment variable |
            |---|---|---|---|---|
            """);
    for (SettingKey key : keys) {
      page.append(
          "| `%s` | %s | %s | %s | `%s` |%n"
              .formatted(
                  key.path(),
                  key.type().label(),
                  key.byDefault().isEmpty() ? "none" : "`" + key.byDefault() + "`",
                  key.meaning().replace("|", "\\|"),
                  key.variable()));
    }
    return page.toString();
  }
}
