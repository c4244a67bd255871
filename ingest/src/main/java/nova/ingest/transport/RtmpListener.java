package nova.ingest.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nova.ingest.connection.ConnectionPorts;
import nova.ingest.publish.SerialScheduler;
import org.jspecify.annotations.Nullable;

/// Listens on a TCP port and makes an [RtmpChannel] of each connection, on epoll where the system
/// has it.
///
/// *Thread-safe.*
public final class RtmpListener implements AutoCloseable {
  private static final int BACKLOG = 256;
  // Frames of 3 Mbit/s are some 10 KB; a smaller first guess only costs system calls.
  private static final int SMALLEST_READ = 2_048;
  private static final int FIRST_READ = 16_384;
  private static final int LARGEST_READ = 131_072;
  private static final WriteBufferWaterMark WRITE_LIMITS =
      new WriteBufferWaterMark(16 << 10, 64 << 10);

  private final EventExecutor streams;
  private final EventLoopGroup loops;
  private final Class<? extends ServerSocketChannel> channelType;
  private @Nullable Channel channel;

  /// Makes the threads.
  ///
  /// @param threads event loops that carry connections
  public RtmpListener(int threads) {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.channelType = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    this.loops =
        new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("rtmp", true), io);
    this.streams = new DefaultEventExecutor(new DefaultThreadFactory("rtmp-streams", true));
  }

  /// The thread on which the life of all streams happens.
  public SerialScheduler streamsThread() {
    return new EventLoopScheduler(streams);
  }

  /// Binds and accepts.
  ///
  /// @throws IOException when the address cannot be bound; the message is the system's
  public InetSocketAddress listen(
      InetSocketAddress address,
      ConnectionPorts ports,
      RandomGenerator random,
      Duration handshakeTimeout)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(channelType)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_LIMITS)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(SMALLEST_READ, FIRST_READ, LARGEST_READ))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    accepted
                        .pipeline()
                        .addLast(new RtmpChannel(ports, random, handshakeTimeout.toNanos()));
                  }
                });
    io.netty.channel.ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = bound.cause();
      throw cause instanceof IOException io ? io : new IOException(cause);
    }
    channel = bound.channel();
    return (InetSocketAddress) bound.channel().localAddress();
  }

  /// Accepts no more connections; those there are stay.
  public void stopAccepting() {
    Channel listening = channel;
    if (listening != null) {
      listening.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
  }

  /// Closes all sockets and ends the threads, within about two seconds.
  @Override
  public void close() {
    stopAccepting();
    Future<?> loopsOver = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    loopsOver.awaitUninterruptibly(2, TimeUnit.SECONDS);
    streams.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
