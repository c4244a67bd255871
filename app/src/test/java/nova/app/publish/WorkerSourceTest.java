package nova.app.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Programs of the shell in place of a worker.
class WorkerSourceTest {
  @Test
  void output_isReadToItsEnd() throws Exception {
    try (WorkerSource source = shell("printf FLV; echo progress >&2");
        InputStream in = source.open()) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("FLV");
      assertThat(in.read()).isNegative();
    }
  }

  @Test
  void failure_isToldInThePlaceOfTheEnd() throws Exception {
    try (WorkerSource source =
            shell("printf FLV; echo first >&2; echo 'why it is so' >&2; exit 1");
        InputStream in = source.open()) {
      assertThat(in.readNBytes(3)).hasSize(3);
      assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessage("why it is so");
    }
  }

  @Test
  void failureWithoutAWord_isToldByItsStatus() throws Exception {
    try (WorkerSource source = shell("exit 3");
        InputStream in = source.open()) {
      assertThatThrownBy(in::read)
          .isInstanceOf(IOException.class)
          .hasMessage("the worker ended with status 3");
    }
  }

  @Test
  void programThatGoesOn_isEndedByClosing() throws Exception {
    WorkerSource source = shell("echo $$; exec sleep 60");
    try (InputStream in = source.open()) {
      StringBuilder pid = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        pid.append((char) c);
      }
      ProcessHandle process = ProcessHandle.of(Long.parseLong(pid.toString())).orElseThrow();

      source.close();

      assertThat(process.onExit().get(10, TimeUnit.SECONDS)).isNotNull();
      assertThatThrownBy(source::open).isInstanceOf(IOException.class).hasMessage("closed");
    }
  }

  @Test
  void programThatDoesNotExist_isNamed() {
    try (WorkerSource source = new WorkerSource(List.of("/none/such"))) {
      assertThatThrownBy(source::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("/none/such");
    }
  }

  private static WorkerSource shell(String script) {
    return new WorkerSource(List.of("/bin/sh", "-c", script));
  }
}
