package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseConfigTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db.example.com/nova?password=hush",
        "jdbc:postgresql://db.example.com/nova?ssl=true&PASSWORD=hush",
        "jdbc:postgresql://db.example.com/nova?user=nova&ssl=true",
        "jdbc:postgresql://nova:hush@db.example.com/nova",
        "postgresql://nova:hush@db.example.com/nova?password=hush"
      })
  void login_inTheAddress_isRefused_withoutRepeatingIt(String url) {
    assertThatThrownBy(() -> config(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("db.example.com/nova'")
        .hasMessageNotContaining("hush");
  }

  @Test
  void address_thatCannotBeUnderstood_isRefused() {
    assertThatThrownBy(() -> config("jdbc:postgresql://db.example.com:port/nova"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "url 'jdbc:postgresql://db.example.com:port/nova' cannot be understood"
                + " (expected: jdbc:postgresql://HOST:PORT/DATABASE)");
  }

  @Test
  void text_namesTheDatabase_withoutParameters() {
    String url = "jdbc:postgresql://db.example.com:5432/nova?ssl=true&sslpassword=hush";
    assertThat(config(url).url()).isEqualTo(url);
    assertThat(config(url)).hasToString("jdbc:postgresql://db.example.com:5432/nova as nova");
  }

  private static DatabaseConfig config(String url) {
    return new DatabaseConfig(url, "nova", "", 10, Duration.ofSeconds(3));
  }
}
