package nova.app.http.transport;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes an accepted connection that Vert.x has not reported in time: without TLS that happens
/// with its first whole header, with TLS after the handshake.
///
/// *Confined to its event loop.*
public final class FirstHeaderDeadline extends ChannelInboundHandlerAdapter {
  private final Duration deadline;
  private @Nullable ScheduledFuture<?> timer;

  FirstHeaderDeadline(Duration deadline) {
    this.deadline = deadline;
  }

  /// Vert.x has reported `connection`: whoever it reported to looks after it from now on.
  public static void met(HttpConnection connection) {
    ChannelPipeline pipeline =
        ((HttpServerConnection) connection).channelHandlerContext().pipeline();
    FirstHeaderDeadline waiting = pipeline.get(FirstHeaderDeadline.class);
    if (waiting != null) {
      pipeline.remove(waiting);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    timer =
        context
            .executor()
            .schedule(() -> close(context), deadline.toMillis(), TimeUnit.MILLISECONDS);
    context.fireChannelActive();
  }

  private static void close(ChannelHandlerContext context) {
    ChannelFuture _ = context.close(); // nobody waits for it
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    handlerRemoved(context);
    context.fireChannelInactive();
  }
}
