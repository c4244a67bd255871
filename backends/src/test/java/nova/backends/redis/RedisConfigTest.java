package nova.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RedisConfigTest {
  @Test
  void password_isNotShown() {
    for (String url :
        new String[] {
          "redis://:s3cret@host:6380", "rediss://nova:s3cret@host", "redis://s3cret@h"
        }) {
      RedisConfig config = RedisConfig.at(url);

      assertThat(config.toString()).doesNotContain("s3cret").contains("h");
      assertThat(config.address()).doesNotContain("s3cret").contains("redis");
    }
  }

  @Test
  void addressThatIsNone_isRefused_withoutItsPassword() {
    for (String url :
        new String[] {
          "http://:s3cret@host",
          "redis:s3cret",
          "redis://:s3cret@",
          "redis://:s3c%ret@host",
          "redis://:s3cret@host?timeout=1s"
        }) {
      assertThatThrownBy(() -> RedisConfig.at(url))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: redis://[[USER]:PASSWORD@]HOST[:PORT] or rediss://…")
          .message()
          .as(url)
          .doesNotContain("s3c");
    }
  }

  @Test
  void databaseInTheAddress_isRefused() {
    assertThatThrownBy(() -> RedisConfig.at("redis://host/5"))
        .hasMessage("url names the database '/5' (expected: none; redis.databases decides)");
  }

  @Test
  void nothing_isPresentByDefault() {
    assertThat(RedisConfig.defaults().isPresent()).isFalse();
    assertThat(RedisConfig.at("redis://host").isPresent()).isTrue();
  }
}
