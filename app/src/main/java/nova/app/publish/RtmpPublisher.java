package nova.app.publish;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nova.core.Bytes;
import nova.ingest.chunk.ChunkReader;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.handshake.ClientHandshake;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.CommandMessage;
import nova.ingest.message.DataMessage;
import nova.ingest.message.RtmpMessage;
import nova.ingest.message.RtmpMessageReader;
import nova.ingest.message.RtmpMessageWriter;
import nova.ingest.message.SetChunkSize;
import nova.ingest.message.UserControl;
import nova.ingest.message.VideoMessage;
import nova.media.MediaException;
import nova.media.amf0.Amf0Null;
import nova.media.amf0.Amf0Number;
import nova.media.amf0.Amf0Object;
import nova.media.amf0.Amf0Reader;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Value;
import nova.media.flv.FlvTag;

/// A blocking RTMP client that publishes: connect, create a stream, publish, then tags.
///
/// Spec: RTMP 1.0 §7.2. *Thread-safe.*
public final class RtmpPublisher implements AutoCloseable, Broadcast.Sink {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int CHUNK_SIZE = 60_000; // a frame in few chunks; what OBS uses is 4096
  private static final int READ_BYTES = 1 << 14;
  private static final double CONNECT = 1; // transaction numbers
  private static final double RELEASE = 2;
  private static final double ANNOUNCE = 3;
  private static final double CREATE = 4;
  private static final double PUBLISH = 5;
  private static final double CAN_RECONNECT = 1; // bits of capsEx
  private static final double UNPUBLISH = 6;
  private static final double DELETE = 7;

  private final Socket socket;
  private final PublishTarget target;
  private final boolean moving;
  private final ServerReplies replies = new ServerReplies();
  private final RtmpMessageWriter writer = new RtmpMessageWriter();
  private int streamId;

  private RtmpPublisher(Socket socket, PublishTarget target, boolean moving) {
    this.socket = socket;
    this.target = target;
    this.moving = moving;
  }

  /// Connects and returns once the server wants tags.
  ///
  /// @throws IOException with one sentence: unreachable, not an RTMP server, or refused and why
  public static RtmpPublisher connect(PublishTarget target)
      throws IOException, InterruptedException {
    return connect(target, false);
  }

  /// As [#connect(PublishTarget)], and tells the server that it may ask for a move to another one:
  /// see [#isAskedToMove].
  ///
  /// Spec: E-RTMP v2 "Reconnect Request".
  public static RtmpPublisher connectMoving(PublishTarget target)
      throws IOException, InterruptedException {
    return connect(target, true);
  }

  private static RtmpPublisher connect(PublishTarget target, boolean moving)
      throws IOException, InterruptedException {
    Socket socket = new Socket();
    RtmpPublisher publisher = new RtmpPublisher(socket, target, moving);
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      socket.connect(
          new InetSocketAddress(target.socketHost(), target.port()), (int) TIMEOUT.toMillis());
      publisher.open();
      return publisher;
    } catch (IOException | InterruptedException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void open() throws IOException, InterruptedException {
    ByteBuffer rest = shakeHands();
    socket.setSoTimeout(0); // a server need not say anything while it listens
    Thread.ofVirtual().name("rtmp-publisher-read").start(() -> readUntilClosed(rest));
    write(new SetChunkSize(CHUNK_SIZE));
    command(0, "connect", CONNECT, connectObject());
    replies.awaitResult(CONNECT, TIMEOUT);
    Amf0Value key = new Amf0String(target.key());
    command(0, "releaseStream", RELEASE, new Amf0Null(), key);
    command(0, "FCPublish", ANNOUNCE, new Amf0Null(), key);
    command(0, "createStream", CREATE, new Amf0Null());
    streamId = streamIdOf(replies.awaitResult(CREATE, TIMEOUT));
    command(streamId, "publish", PUBLISH, new Amf0Null(), key, new Amf0String("live"));
    replies.awaitPublishing(TIMEOUT);
  }

  /// Sends one tag.
  ///
  /// @throws IOException with the server's reason when it ended the broadcast
  @Override
  public void send(FlvTag tag) throws IOException {
    replies.check();
    write(
        switch (tag) {
          case FlvTag.FlvAudioTag(long at, Bytes payload) ->
              new AudioMessage(streamId, at, payload);
          case FlvTag.FlvVideoTag(long at, Bytes payload) ->
              new VideoMessage(streamId, at, payload);
          case FlvTag.FlvScriptTag(long at, Bytes payload) ->
              new DataMessage(streamId, at, metadata(payload));
        });
  }

  /// Whether the server asks to go on at another one. It takes tags until the stream comes from
  /// there, and waits for some seconds.
  public boolean isAskedToMove() {
    return replies.isAskedToMove();
  }

  /// Says goodbye, so that the stream ends at once instead of waiting for a return.
  @Override
  public void close() throws IOException {
    try (socket) {
      if (streamId != 0 && !socket.isClosed()) {
        sayGoodbye();
      }
    }
  }

  /// Breaks the connection off without a goodbye, as a network that fails does.
  public void abandon() throws IOException {
    socket.close();
  }

  private void sayGoodbye() {
    try {
      command(0, "FCUnpublish", UNPUBLISH, new Amf0Null(), new Amf0String(target.key()));
      command(0, "deleteStream", DELETE, new Amf0Null(), new Amf0Number(streamId));
      socket.shutdownOutput();
    } catch (IOException e) {
      replies.fail(e); // a server that has left needs no goodbye
    }
  }

  private ByteBuffer shakeHands() throws IOException {
    ClientHandshake handshake = new ClientHandshake(new SecureRandom());
    put(handshake.begin());
    InputStream in = socket.getInputStream();
    ByteBuffer received = ByteBuffer.allocate(0);
    byte[] buffer = new byte[READ_BYTES];
    while (!handshake.isDone()) {
      int count = in.read(buffer);
      if (count < 0) {
        throw new IOException("the server closed the connection during the handshake");
      }
      received = ByteBuffer.wrap(buffer, 0, count);
      try {
        Optional<Bytes> answer = handshake.read(received);
        if (answer.isPresent()) {
          put(answer.get());
        }
      } catch (MediaException e) {
        throw new IOException("this is not an RTMP server: " + e.getMessage(), e);
      }
    }
    return received;
  }

  private void readUntilClosed(ByteBuffer rest) {
    ChunkReader chunks = new ChunkReader(RtmpLimits.defaults());
    byte[] buffer = new byte[READ_BYTES];
    try {
      InputStream in = socket.getInputStream();
      ByteBuffer received = rest;
      while (true) {
        chunks.read(received, raw -> receive(RtmpMessageReader.read(raw)));
        int count = in.read(buffer);
        if (count < 0) {
          throw new IOException("the server closed the connection");
        }
        received = ByteBuffer.wrap(buffer, 0, count);
      }
    } catch (IOException e) {
      replies.fail(e);
    } catch (MediaException e) {
      replies.fail(new IOException("the server sent broken RTMP: " + e.getMessage(), e));
    }
  }

  private boolean receive(RtmpMessage message) {
    switch (message) {
      case CommandMessage command -> replies.onCommand(command);
      case UserControl.PingRequest(long timestamp) -> answerPing(timestamp);
      default -> {} // windows and acknowledgements concern who receives much
    }
    return true;
  }

  private void answerPing(long timestamp) {
    try {
      write(new UserControl.PingResponse(timestamp));
    } catch (IOException e) {
      replies.fail(e);
    }
  }

  private void command(int stream, String name, double transaction, Amf0Value... arguments)
      throws IOException {
    write(new CommandMessage(stream, name, transaction, List.of(arguments)));
  }

  private synchronized void write(RtmpMessage message) throws IOException {
    try {
      put(writer.write(message));
    } catch (IOException e) {
      replies.check(); // what the server said before it closed explains more than "broken pipe"
      throw e;
    }
  }

  private void put(Bytes bytes) throws IOException {
    socket.getOutputStream().write(bytes.toByteArray());
  }

  private Amf0Object connectObject() {
    Map<String, Amf0Value> entries = new LinkedHashMap<>();
    entries.put("app", new Amf0String(target.app()));
    entries.put("type", new Amf0String("nonprivate"));
    entries.put("flashVer", new Amf0String("FMLE/3.0 (compatible; Nova)"));
    entries.put("tcUrl", new Amf0String(target.tcUrl()));
    if (moving) {
      entries.put("capsEx", new Amf0Number(CAN_RECONNECT));
    }
    return new Amf0Object(entries);
  }

  private static int streamIdOf(CommandMessage created) throws IOException {
    for (Amf0Value argument : created.arguments()) {
      if (argument instanceof Amf0Number(double id) && id >= 1 && id <= Integer.MAX_VALUE) {
        return (int) id;
      }
    }
    throw new IOException("the server created no stream");
  }

  /// As encoders send it: the name, then what the file says.
  private static List<Amf0Value> metadata(Bytes payload) throws IOException {
    try {
      List<Amf0Value> values = new ArrayList<>();
      values.add(new Amf0String("@setDataFrame"));
      values.addAll(Amf0Reader.readAll(payload));
      return values;
    } catch (MediaException e) {
      throw new IOException("the file's metadata is broken: " + e.getMessage(), e);
    }
  }
}
