package nova.ingest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.core.StreamEvents.Subscription;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.ingest.connection.AddressLimits;
import nova.ingest.connection.ConnectionPorts;
import nova.ingest.connection.ConnectionTimeouts;
import nova.ingest.connection.RefusalLog;
import nova.ingest.publish.LiveStreams;
import nova.ingest.publish.ReturnPolicy;
import nova.ingest.transport.RtmpListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The RTMP server: lets broadcasters in and writes what they send to the frame log.
///
/// *Thread-safe.*
public final class RtmpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RtmpServer.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final RtmpListener listener;
  private final LiveStreams streams;
  private final Subscription failures;
  private final RefusalLog refusals;
  private final InetSocketAddress address;

  private RtmpServer(
      RtmpListener listener,
      LiveStreams streams,
      Subscription failures,
      RefusalLog refusals,
      InetSocketAddress address) {
    this.listener = listener;
    this.streams = streams;
    this.failures = failures;
    this.refusals = refusals;
    this.address = address;
  }

  /// Starts listening.
  ///
  /// @throws IOException when it cannot listen, with the system's words
  public static RtmpServer start(RtmpConfig config, IngestPorts ports) throws IOException {
    InetSocketAddress wanted =
        new InetSocketAddress(InetAddress.getByName(config.bind()), config.port());
    RtmpListener listener = new RtmpListener(threadsOf(config));
    LiveStreams streams =
        new LiveStreams(
            new ReturnPolicy(config.grace(), config.takeoversPerMinute(), config.keepLog()),
            config.limits(),
            ports.frameLog(),
            ports.claims(),
            ports.events(),
            ports.metrics(),
            ports.clock(),
            ports.random(),
            listener.streamsThread(),
            ports.blocking());
    Subscription failures = ports.events().subscribe(streams);
    RefusalLog refusals = new RefusalLog(listener.streamsThread());
    ConnectionPorts connections =
        new ConnectionPorts(
            config.limits(),
            new ConnectionTimeouts(config.publishTimeout(), config.silenceTimeout()),
            new AddressLimits(config.limits(), ports.nanoClock()),
            ports.authorizer(),
            streams,
            ports.metrics(),
            refusals,
            ports.clock(),
            ports.nanoClock());
    try {
      InetSocketAddress bound =
          listener.listen(wanted, connections, ports.random(), config.handshakeTimeout());
      log.atInfo().addKeyValue("address", bound).log("listening for RTMP");
      streams.adoptFromNowOn();
      return new RtmpServer(listener, streams, failures, refusals, bound);
    } catch (IOException e) {
      failures.close();
      listener.close();
      throw e;
    }
  }

  /// Where the server listens.
  public InetSocketAddress address() {
    return address;
  }

  /// Ends a stream for an operator and disconnects its encoder, which is told `reason`.
  ///
  /// @return whether the stream was live or waiting for its broadcaster
  public CompletionStage<Boolean> stopStream(StreamId stream, String reason) {
    return streams.stop(stream, reason);
  }

  /// Ends what is published with a stream key and disconnects its encoder, which is told `reason`.
  public void dropKey(StreamKeyId key, String reason) {
    streams.dropKey(key, reason);
  }

  /// Prepares to stop where other servers share the channels: accepts no more connections, asks
  /// encoders that can connect anew to do so, disconnects the others, and leaves all streams to the
  /// other servers, where they wait for their broadcasters. [#close] must follow, and disconnects
  /// who did not move. Without other servers it only stops accepting.
  ///
  /// @return complete when no stream is here any more
  public CompletionStage<Void> drain() {
    listener.stopAccepting();
    return streams.drain("This server is shutting down; connect again to go on at another one.");
  }

  /// Ends all streams, or leaves them to the other servers that share the channels, tells their
  /// encoders, and stops; within about 6 s.
  @Override
  public void close() {
    listener.stopAccepting();
    failures.close(); // all streams end now anyway
    try {
      streams
          .close("The server is shutting down.")
          .toCompletableFuture()
          .get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.atWarn().log("not all streams ended within {}", CLOSE_TIMEOUT);
    } catch (ExecutionException e) {
      throw new IllegalStateException("closing the streams failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listener.close();
      refusals.flush();
    }
  }

  private static int threadsOf(RtmpConfig config) {
    return config.threads() > 0
        ? config.threads()
        : Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4);
  }
}
