package nova.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nova.app.error.StartupException;
import nova.core.DataSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  @TempDir private Path folder;
  private final List<String> warnings = new ArrayList<>();
  private final ConfigReader reader = new ConfigReader(warnings::add);

  @Test
  void nothing_written_gives_the_defaults() {
    AppConfig config = read("");

    assertThat(config.http().port()).isEqualTo(8080);
    assertThat(config.http().maxHeader()).isEqualTo(DataSize.ofKiB(8));
    assertThat(config.streamKeys()).isEmpty();
    assertThat(warnings).isEmpty();
  }

  @Test
  void file_values_of_every_type_are_read() {
    AppConfig config =
        read(
            """
            data: /srv/nova
            stream-keys: [live=a-secret, other=b-secret]
            http:
              port: 9000
              max-body: 2MiB
              idle-timeout: 1.5m
            """);

    assertThat(config.data()).isEqualTo("/srv/nova");
    assertThat(config.streamKeys()).containsExactly("live=a-secret", "other=b-secret");
    assertThat(config.http().port()).isEqualTo(9000);
    assertThat(config.http().maxBody()).isEqualTo(DataSize.ofMiB(2));
    assertThat(config.http().idleTimeout()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void later_sources_win() {
    Map<String, String> environment =
        Map.of("NOVA_HTTP_PORT", "9001", "NOVA_STREAM_KEYS", "live=x, other=y", "PATH", "/bin");
    Map<String, ConfigValue> options =
        Map.of("http.port", ConfigValue.of("9002", "option --http-port"));

    assertThat(read("http: {port: 9000}", environment, Map.of()).http().port()).isEqualTo(9001);
    assertThat(read("http: {port: 9000}", environment, options).http().port()).isEqualTo(9002);
    assertThat(read("", environment, Map.of()).streamKeys()).containsExactly("live=x", "other=y");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "htp: {port: 1}|unknown key 'htp.port' in FILE (did you mean 'http.port'?)",
        "http: {prot: 1}|unknown key 'http.prot' in FILE (did you mean 'http.port'?)",
        "server: {idle-timeout: 1s}|(did you mean 'http.idle-timeout'?)",
        "nonsense: 1|unknown key 'nonsense' in FILE; docs/configuration.md lists all keys",
        "http: 8080|'http' in FILE holds a single value (expected: keys below it, such as",
        "http: {port: eighty}|http.port: 'eighty' in FILE (expected: a whole number)",
        "http: {port: 99999}|configuration of http: port 99999 (expected: 0 to 65535)",
        "http: {port: [1, 2]}|http.port: '[1, 2]' in FILE (expected: a single whole number)",
        "http: {port: }|http.port: '' in FILE (expected: a whole number)",
        "http: {idle-timeout: 30}|(expected: a number and ms, s, m, h or d, such as 30s)",
        "http: {max-body: 5 bananas}|http.max-body: '5 bananas' in FILE (expected: a number and B",
        "log-level: loud|configuration: log-level 'loud' (expected: one of error, warn, info",
        "- 1|holds a single value or a list (expected: keys and values",
        "http: {port: 1, port: 2}|is not valid YAML: Duplicate field 'port'",
        "http: [1|is not valid YAML",
      })
  void mistake_in_the_file_is_explained(String yaml, String sentence) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(sentence.replace("FILE", file().toString()))
        .message()
        .doesNotContain("\n");
  }

  @Test
  void broken_yaml_is_explained_with_its_place() {
    String tab = "http:\n\tport: 1";
    String open = "http: [1\nrtmp: {port: 2}";
    String sibling = "http:\n  port: 1\n    bind: x";
    assertThatThrownBy(() -> read(tab))
        .hasMessage(
            "configuration file %s, line 2, column 1, is not valid YAML: found character '\\t(TAB)'"
                + " that cannot start any token. (Do not use \\t(TAB) for indentation)",
            file());
    assertThatThrownBy(() -> read(open)).hasMessageContaining(", line 2, column 5, is not valid");
    assertThatThrownBy(() -> read(sibling))
        .hasMessageContaining(", line 3, column 9, is not valid YAML: mapping values are not");
    for (String broken : List.of("? [a]\n: 1", "a: \"\\q\"", "a: \u0007", "%YAML 9\n---\na: 1")) {
      assertThatThrownBy(() -> read(broken))
          .isInstanceOf(StartupException.class)
          .hasMessageMatching("configuration file \\S+, line 1, column \\d+, is not valid YAML: .+")
          .message()
          .doesNotContain("yaml.", "Exception", "Event");
    }
  }

  @Test
  void file_that_cannot_be_read_is_explained() throws IOException {
    Path missing = folder.resolve("missing.yaml");
    assertThatThrownBy(() -> reader.read(Optional.of(missing), Map.of(), Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "configuration file %s does not exist; check the path given with --config", missing);
    Files.write(file(), new byte[] {'a', (byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> reader.read(Optional.of(file()), Map.of(), Map.of()))
        .hasMessageEndingWith("it is not UTF-8");
    assertThatThrownBy(() -> reader.read(Optional.of(folder), Map.of(), Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void wrong_variable_is_explained_and_a_strange_one_only_warned_about() {
    assertThatThrownBy(() -> read("", Map.of("NOVA_HTTP_PORT", "tcp://10.0.0.1:80"), Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "http.port: 'tcp://10.0.0.1:80' in environment variable NOVA_HTTP_PORT (expected: a"
                + " whole number)");

    Map<String, String> known =
        Map.of(
            "NOVA_CONFIG", "x.yaml", "NOVA_API", "https://x.example.com", "NOVA_TOKEN", "nova_x");
    read("", known, Map.of());
    assertThat(warnings).isEmpty();
    read("", Map.of("NOVA_HTTP_PROT", "1"), Map.of());
    assertThat(warnings)
        .containsExactly(
            "environment variable NOVA_HTTP_PROT is not a setting (did you mean"
                + " 'NOVA_HTTP_PORT'?)");
  }

  @Test
  void default_of_a_command_gives_way_to_everything_that_is_written() throws IOException {
    ConfigReader command = new ConfigReader(Map.of("http.port", "8083"), warnings::add);

    assertThat(command.read(Optional.empty(), Map.of(), Map.of()).http().port()).isEqualTo(8083);

    Files.writeString(file(), "http: {port: 80}");
    assertThat(command.read(Optional.of(file()), Map.of(), Map.of()).http().port()).isEqualTo(80);
  }

  @Test
  void removed_key_names_its_replacement() throws IOException {
    ConfigReader later =
        new ConfigReader(
            SettingKey.of(AppConfig.class),
            Map.of("web.port", "write http.port"),
            Map.of(),
            warnings::add);
    Files.writeString(file(), "web: {port: 80}");

    assertThatThrownBy(() -> later.read(Optional.of(file()), Map.of(), Map.of()))
        .hasMessage("'web.port' in %s is no longer a key: write http.port", file());
    assertThatThrownBy(() -> later.read(Optional.empty(), Map.of("NOVA_WEB_PORT", "80"), Map.of()))
        .hasMessage("environment variable NOVA_WEB_PORT is no longer a setting: write http.port");
  }

  @Test
  void rungs_are_quality_levels_now() {
    assertThatThrownBy(() -> read("transcode: {ladder: {rungs: [720p:3000k]}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("'transcode.ladder.rungs' in ")
        .hasMessageContaining("/api/v1/quality-levels");
    assertThatThrownBy(() -> read("transcode: {ladder: {full-rate-lines: 720}}"))
        .hasMessageContaining("each with its maxFrameRate");
  }

  @Test
  void certificate_and_https_port_go_together() {
    assertThatThrownBy(() -> read("http: {https-port: 8443}"))
        .hasMessageContaining("https-port 8443 needs a certificate");
    assertThatThrownBy(() -> read("http: {tls-cert: a.pem, tls-key: b.pem}"))
        .hasMessageContaining("expected: https-port as well");
  }

  @Test
  void configuration_as_text_hides_stream_keys() {
    assertThat(read("stream-keys: [live=top-secret]").toString()).doesNotContain("top-secret");
  }

  private AppConfig read(String yaml) {
    return read(yaml, Map.of(), Map.of());
  }

  private AppConfig read(
      String yaml, Map<String, String> environment, Map<String, ConfigValue> options) {
    try {
      Files.writeString(file(), yaml);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return reader.read(Optional.of(file()), environment, options);
  }

  private Path file() {
    return folder.resolve("nova.yaml");
  }
}
