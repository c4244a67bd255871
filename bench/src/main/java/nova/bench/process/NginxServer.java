package nova.bench.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// nginx as Debian packages it, with its RTMP module: one worker, HLS fragments of 2 s and a 60 s
/// playlist in memory.
///
/// *Thread-safe.*
public final class NginxServer implements AutoCloseable {
  private final ServerProcess process;
  private final int rtmpPort;
  private final int httpPort;
  private final Path root;

  private NginxServer(ServerProcess process, int rtmpPort, int httpPort, Path root) {
    this.process = process;
    this.rtmpPort = rtmpPort;
    this.httpPort = httpPort;
    this.root = root;
  }

  /// Starts nginx in the foreground with everything it writes under `folder`.
  ///
  /// @param root what it serves over HTTP and where HLS goes, deleted afterwards; best a folder in
  ///   memory, as Nova's store is
  public static NginxServer start(Path folder, Path root) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.createDirectories(root.resolve("hls"));
    int rtmpPort = ServerProcess.freePort();
    int httpPort = ServerProcess.freePort();
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(configuration, configuration(folder, root, rtmpPort, httpPort));
    ProcessBuilder command =
        new ProcessBuilder(
                executable().toString(), "-p", folder.toString(), "-c", configuration.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    ServerProcess process =
        ServerProcess.start("nginx", command, folder.resolve("nginx.log"), root, Optional::empty);
    try {
      process.awaitListening(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), rtmpPort),
          Duration.ofSeconds(10));
    } catch (IOException | InterruptedException e) {
      process.close();
      throw e;
    }
    return new NginxServer(process, rtmpPort, httpPort, root);
  }

  private static Path executable() throws IOException {
    for (String candidate : new String[] {"/usr/sbin/nginx", "/usr/bin/nginx"}) {
      if (Files.isExecutable(Path.of(candidate))) {
        return Path.of(candidate);
      }
    }
    throw new IOException("nginx is not installed; run `make bench`, which installs it");
  }

  private static String configuration(Path folder, Path root, int rtmpPort, int httpPort) {
    return """
    load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
    daemon off;
    worker_processes 1;
    pid %1$s/nginx.pid;
    error_log stderr warn;
    events { worker_connections 4096; }
    rtmp {
      access_log off;
      server {
        listen 127.0.0.1:%3$d;
        chunk_size 4096;
        application live {
          live on;
          hls on;
          hls_path %2$s/hls;
          hls_fragment 2s;
          hls_playlist_length 60s;
        }
      }
    }
    http {
      access_log off;
      sendfile on;
      tcp_nopush on;
      open_file_cache max=1000;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      server {
        listen 127.0.0.1:%4$d;
        keepalive_requests 1000000;
        root %2$s;
      }
    }
    """
        .formatted(folder.toAbsolutePath(), root.toAbsolutePath(), rtmpPort, httpPort);
  }

  public ProcessUsage usage() throws IOException {
    return process.usage();
  }

  /// Where to publish `name`.
  public String publishUrl(String name) {
    return "rtmp://127.0.0.1:%d/live/%s".formatted(rtmpPort, name);
  }

  public String httpUrl(String path) {
    return "http://127.0.0.1:%d/%s".formatted(httpPort, path);
  }

  /// The folder it serves.
  public Path root() {
    return root;
  }

  @Override
  public void close() {
    process.close();
  }
}
