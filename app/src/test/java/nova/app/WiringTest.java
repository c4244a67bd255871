package nova.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nova.app.config.AppConfig;
import nova.app.config.ConfigReader;
import nova.app.error.StartupException;
import nova.app.keys.ConfiguredKeys;
import nova.app.process.TestPostgres;
import nova.control.database.DatabaseAwayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WiringTest {
  @TempDir private Path folder;

  @Test
  void server_is_ready_only_when_rtmp_accepts_as_well() throws Exception {
    try (ServerSocket rtmp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Lifecycle lifecycle = new Lifecycle()) {
      int httpPort = freePort();
      AppConfig blocked = config(rtmp.getLocalPort(), httpPort);

      assertThatThrownBy(() -> Wiring.open(blocked, ConfiguredKeys.none(), lifecycle))
          .isInstanceOf(StartupException.class)
          .hasMessageStartingWith("port %d for RTMP is taken", rtmp.getLocalPort());

      assertThat(status(httpPort, "/health/live")).isEqualTo(200);
      assertThat(status(httpPort, "/health/ready")).isEqualTo(503);
    }
    try (Lifecycle lifecycle = new Lifecycle()) {
      int httpPort = freePort();
      Links links = Wiring.open(config(0, httpPort), ConfiguredKeys.none(), lifecycle).links();

      assertThat(status(httpPort, "/health/ready")).isEqualTo(200);
      assertThat(links.ready()).startsWith("nova ready ");
    }
  }

  @Test
  void secret_of_a_first_start_is_told_although_the_next_cannot_be_made() throws Exception {
    try (Lifecycle lifecycle = new Lifecycle()) {
      AppConfig config = config(0, freePort());
      RunningServer server = Wiring.open(config, ConfiguredKeys.none(), lifecycle);
      List<String> told = new ArrayList<>();
      assertThatThrownBy(
              () ->
                  FirstStart.make(
                      config,
                      server,
                      text -> {
                        told.add(text);
                        server.control().close();
                      }))
          .isInstanceOf(DatabaseAwayException.class);
      assertThat(told).singleElement().asString().contains("Stream key:");
    }
  }

  private AppConfig config(int rtmpPort, int httpPort) {
    Map<String, String> environment = new HashMap<>(TestPostgres.environment(folder));
    environment.putAll(
        Map.of(
            "NOVA_DATA", folder.toString(),
            "NOVA_RTMP_BIND", "127.0.0.1",
            "NOVA_RTMP_PORT", Integer.toString(rtmpPort),
            "NOVA_HTTP_BIND", "127.0.0.1",
            "NOVA_HTTP_PORT", Integer.toString(httpPort),
            "NOVA_SEGMENTS_MEMORY", "16MiB",
            "NOVA_SEGMENTS_MEMORY_PER_STREAM", "16MiB"));
    return new ConfigReader(_ -> {}).read(Optional.empty(), environment, Map.of());
  }

  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static int status(int port, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).statusCode();
    }
  }
}
