package nova.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import nova.app.cli.ApiOptions.Target;
import nova.app.local.LocalServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/// Which server a command line means, and with whose rights.
class ApiOptionsTest {
  private static final String LOCAL = "http://127.0.0.1:8080";
  private static final Map<String, String> ELSEWHERE =
      Map.of("NOVA_API", "https://env.example.com", "NOVA_TOKEN", "nova_env");

  @TempDir private Path data;
  private AutoCloseable announcement = () -> {};

  @Command
  private static final class Asking {
    @Mixin private ApiOptions options = new ApiOptions();
  }

  @BeforeEach
  void announce() {
    announcement =
        new LocalServer(LOCAL, "nova_local", ProcessHandle.current().pid()).announce(data);
  }

  @AfterEach
  void close() throws Exception {
    announcement.close();
  }

  private static Target target(Map<String, String> environment, String... words) {
    Asking asking = new Asking();
    var _ = new CommandLine(asking).parseArgs(words);
    return asking.options.target(environment);
  }

  @Test
  void dataOption_isTheLocalServer_withItsToken_whateverTheEnvironmentSays() {
    assertThat(target(ELSEWHERE, "--data", data.toString()))
        .isEqualTo(new Target(LOCAL, "nova_local"));
    assertThat(target(ELSEWHERE, "--data", data.toString(), "--token", "nova_mine"))
        .isEqualTo(new Target(LOCAL, "nova_mine"));
  }

  @Test
  void tokenAlone_isShownToTheLocalServer() {
    Map<String, String> here = Map.of("NOVA_DATA", data.toString());
    assertThat(target(here, "--token", "nova_mine")).isEqualTo(new Target(LOCAL, "nova_mine"));
    assertThat(target(Map.of("NOVA_DATA", data.toString(), "NOVA_TOKEN", "nova_env")))
        .isEqualTo(new Target(LOCAL, "nova_env"));
    assertThat(target(here)).isEqualTo(new Target(LOCAL, "nova_local"));
  }

  @Test
  void apiOption_winsOverItsVariable_whichWinsOverTheDataFolder() {
    assertThat(target(ELSEWHERE, "--api", "https://x.example.com", "--token", "nova_mine"))
        .isEqualTo(new Target("https://x.example.com", "nova_mine"));
    assertThat(target(ELSEWHERE, "--api", "https://env.example.com"))
        .isEqualTo(new Target("https://env.example.com", "nova_env"));
    assertThatThrownBy(() -> target(ELSEWHERE, "--api", "https://x.example.com"))
        .as("the token of the environment is not for another server")
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("needs a token");
    assertThat(target(ELSEWHERE, "--token", "nova_mine"))
        .isEqualTo(new Target("https://env.example.com", "nova_mine"));
    assertThat(target(ELSEWHERE)).isEqualTo(new Target("https://env.example.com", "nova_env"));
  }

  @Test
  void whatIsNotClear_isWrongUsage() {
    assertWrong("name two servers", "--data", data.toString(), "--api", "https://x.example.com");
    assertWrong("needs a token", "--api", "https://x.example.com");
    assertWrong("--api is empty", "--api", "");
    assertWrong("--token is empty", "--token", " ");
  }

  private static void assertWrong(String sentence, String... words) {
    assertThatThrownBy(() -> target(Map.of(), words))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void token_losesTheEndOfItsLine_andIsNowhereInText() {
    Target target = target(Map.of(), "--api", "https://x.example.com", "--token", "nova_a\r\n");
    assertThat(target.token()).isEqualTo("nova_a");
    assertThat(target).asString().doesNotContain("nova_a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nova_secret\r\nX: y", "nova_secret more", "nova_secret…", "nova_\tsecret"})
  void tokenThatCannotBeOne_isRefused_withoutRepeatingIt(String token) {
    assertThatThrownBy(() -> target(Map.of(), "--api", "https://x.example.com", "--token", token))
        .isInstanceOf(ParameterException.class)
        .message()
        .contains("characters that no token has")
        .doesNotContain("secret");
  }
}
