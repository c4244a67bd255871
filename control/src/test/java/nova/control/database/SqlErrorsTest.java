package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlErrorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "08006", "25006", "25P03", "25P04", "40P01", "53300", "55P03", "57014", "57P01", "57P03",
        "58000", "58030", "58P01"
      })
  void whatPasses_isThatTheDatabaseIsAway(String state) {
    assertThat(translated(state)).isInstanceOf(DatabaseAwayException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"22001", "25001", "25P02", "42P01", "XX000"})
  void whatStays_isThrownAsItIs(String state) {
    assertThat(translated(state)).isNotInstanceOf(DatabaseAwayException.class);
  }

  @Test
  void rightThatIsMissing_isSaidWithTheSetting() {
    assertThat(translated("42501"))
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining("database.user");
  }

  private static RuntimeException translated(String state) {
    return SqlErrors.translated(new IllegalStateException(new SQLException("no", state)));
  }
}
