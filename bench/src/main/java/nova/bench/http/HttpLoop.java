package nova.bench.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// One thread that drives many [HttpConnection]s.
///
/// In each round it first reads a little from every connection that waits for its first byte, and
/// only then, within an allowance, the bodies: so the moment stamped as a first byte does not
/// include the client's reading of other bodies.
///
/// *Thread-safe*: connections and tasks may be added from any thread; everything then happens on
/// the loop's thread.
public final class HttpLoop implements AutoCloseable {
  private static final int BODY_BUFFER_BYTES = 256 * 1024;
  private static final int BODY_BYTES_PER_ROUND = 1024 * 1024;
  private static final int MAX_SELECT_MS = 1000;

  /// A task of [#after].
  private record Timer(long atNanos, Runnable task) {}

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>((a, b) -> Long.compare(a.atNanos - b.atNanos, 0));
  private final List<HttpConnection> readable = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BODY_BUFFER_BYTES);
  private final Thread thread;
  private volatile boolean closing;

  private HttpLoop(String name) throws IOException {
    selector = Selector.open();
    thread = new Thread(this::run, name);
  }

  /// Starts a loop with a thread of that name.
  public static HttpLoop start(String name) throws IOException {
    HttpLoop loop = new HttpLoop(name);
    loop.thread.start();
    return loop;
  }

  /// Connects from a source address, so that a server sees as many viewers as there are addresses.
  public HttpConnection connect(InetAddress source, InetSocketAddress server) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.bind(new InetSocketAddress(source, 0));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.connect(server);
    channel.configureBlocking(false);
    HttpConnection connection = new HttpConnection(channel, server);
    execute(() -> register(channel, connection));
    return connection;
  }

  private void register(SocketChannel channel, HttpConnection connection) {
    try {
      channel.register(selector, SelectionKey.OP_READ, connection);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a task on the loop's thread.
  public void execute(Runnable task) {
    tasks.add(task);
    if (!Thread.currentThread().equals(thread)) {
      selector.wakeup();
    }
  }

  /// Runs a task on the loop's thread later; may be called only there.
  public void after(Duration delay, Runnable task) {
    timers.add(new Timer(System.nanoTime() + delay.toNanos(), task));
  }

  private void run() {
    try (selector) {
      while (!closing) {
        selector.select(key -> readable.add((HttpConnection) key.attachment()), selectMs());
        readReady();
        runTasks();
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readReady() {
    for (HttpConnection connection : readable) {
      connection.readFirstBytes(buffer);
    }
    int allowance = BODY_BYTES_PER_ROUND;
    for (HttpConnection connection : readable) {
      if (allowance <= 0) {
        break; // the selector reports the others again
      }
      allowance -= connection.readBody(buffer);
    }
    readable.clear();
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    long now = System.nanoTime();
    while (!timers.isEmpty() && timers.peek().atNanos - now <= 0) {
      timers.remove().task().run();
    }
  }

  private long selectMs() {
    if (!tasks.isEmpty()) {
      return 1;
    }
    if (timers.isEmpty()) {
      return MAX_SELECT_MS;
    }
    long untilNext = (timers.peek().atNanos - System.nanoTime()) / 1_000_000;
    return Math.clamp(untilNext, 1, MAX_SELECT_MS);
  }

  /// Closes all connections and ends the thread.
  @Override
  public void close() {
    closing = true;
    selector.wakeup();
    try {
      thread.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
