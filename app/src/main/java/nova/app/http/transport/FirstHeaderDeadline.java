package nova.app.http.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes an accepted connection that has not sent its first header in time: the empty line that
/// ends it in HTTP/1.1, or the preface of HTTP/2, which ends with one too. It looks at bytes
/// without taking them and leaves the pipeline once it has seen enough.
///
/// A TLS record begins with 16 (handshake); what follows is for Vert.x's handshake timeout and then
/// for the deadlines of the connection it reports.
///
/// Spec: RFC 9112 §2.1, RFC 9113 §3.4. *Confined to its event loop.*
final class FirstHeaderDeadline extends ChannelInboundHandlerAdapter {
  private static final byte TLS_HANDSHAKE = 0x16;

  private final Duration deadline;
  private @Nullable ScheduledFuture<?> timer;
  private boolean begun;
  private boolean lineIsEmpty;

  FirstHeaderDeadline(Duration deadline) {
    this.deadline = deadline;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    timer =
        context
            .executor()
            .schedule(() -> close(context), deadline.toMillis(), TimeUnit.MILLISECONDS);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes && hasSeenEnough(bytes)) {
      context.pipeline().remove(this);
    }
    context.fireChannelRead(message);
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

  private boolean hasSeenEnough(ByteBuf bytes) {
    for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
      byte b = bytes.getByte(i);
      if (!begun && b == TLS_HANDSHAKE) {
        return true;
      }
      if (b == '\n') {
        if (begun && lineIsEmpty) {
          return true;
        }
        lineIsEmpty = true;
      } else if (b != '\r') {
        begun = true;
        lineIsEmpty = false;
      }
    }
    return false;
  }
}
