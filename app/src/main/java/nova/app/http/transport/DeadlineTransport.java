package nova.app.http.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// A Vert.x transport whose accepted connections have a deadline for their first header.
///
/// Vert.x reports a connection only with its first request when it also speaks HTTP/2 without TLS:
/// until then its handler that waits for an upgrade holds the socket, and the only timeout starts
/// anew with each byte. So the deadline sits where the socket is accepted.
///
/// *Thread-safe.*
public final class DeadlineTransport implements io.vertx.core.transport.Transport {
  private final io.vertx.core.transport.Transport original;
  private final Transport implementation;

  private DeadlineTransport(io.vertx.core.transport.Transport original, Duration deadline) {
    this.original = original;
    this.implementation = new WithDeadline(original.implementation(), deadline);
  }

  /// The machine's best transport: epoll where it loads, else the JDK's.
  public static DeadlineTransport best(Duration deadline) {
    io.vertx.core.transport.@Nullable Transport nativeOne =
        io.vertx.core.transport.Transport.nativeTransport();
    return new DeadlineTransport(
        nativeOne != null && nativeOne.available()
            ? nativeOne
            : io.vertx.core.transport.Transport.NIO,
        deadline);
  }

  @Override
  public String name() {
    return original.name();
  }

  @Override
  public boolean available() {
    return original.available();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return original.unavailabilityCause();
  }

  @Override
  public Transport implementation() {
    return implementation;
  }

  /// The original in everything except the sockets that listen.
  private record WithDeadline(Transport original, Duration deadline) implements Transport {
    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
      ChannelFactory<? extends ServerChannel> sockets = original.serverChannelFactory(domainSocket);
      return () -> {
        ServerChannel socket = sockets.newChannel();
        socket.pipeline().addFirst(new Accepting(deadline));
        return socket;
      };
    }

    @Override
    public boolean supportsDomainSockets() {
      return original.supportsDomainSockets();
    }

    @Override
    public boolean supportFileRegion() {
      return original.supportFileRegion();
    }

    @Override
    public boolean isAvailable() {
      return original.isAvailable();
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
      return original.unavailabilityCause();
    }

    @Override
    public java.net.SocketAddress convert(SocketAddress address) {
      return original.convert(address);
    }

    @Override
    public SocketAddress convert(java.net.SocketAddress address) {
      return original.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return original.ioHandlerFactory();
    }

    @Override
    public EventLoopGroup eventLoopGroup(
        int type, int threads, ThreadFactory factory, int ioRatio) {
      return original.eventLoopGroup(type, threads, factory, ioRatio);
    }

    @Override
    @SuppressWarnings("deprecation") // the type is part of Vert.x's interface
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
      return original.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
      return original.datagramChannelFactory();
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
      return original.channelFactory(domainSocket);
    }

    @Override
    public void configure(DatagramChannel channel, DatagramSocketOptions options) {
      original.configure(channel, options);
    }

    @Override
    public void configure(TcpConfig config, boolean domainSocket, Bootstrap bootstrap) {
      original.configure(config, domainSocket, bootstrap);
    }

    @Override
    public void configure(TcpConfig config, boolean domainSocket, ServerBootstrap bootstrap) {
      original.configure(config, domainSocket, bootstrap);
    }
  }

  /// In the pipeline of a listening socket, whose messages are the accepted connections.
  private static final class Accepting extends ChannelInboundHandlerAdapter {
    private final Duration deadline;

    Accepting(Duration deadline) {
      this.deadline = deadline;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel accepted) {
        accepted.pipeline().addFirst(new FirstHeaderDeadline(deadline));
      }
      context.fireChannelRead(message);
    }
  }
}
