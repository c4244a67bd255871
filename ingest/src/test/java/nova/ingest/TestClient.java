package nova.ingest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nova.core.Bytes;
import nova.ingest.chunk.ChunkReader;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.handshake.ClientHandshake;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.CommandMessage;
import nova.ingest.message.RtmpMessage;
import nova.ingest.message.RtmpMessageReader;
import nova.ingest.message.RtmpMessageWriter;
import nova.ingest.message.VideoMessage;
import nova.media.amf0.Amf0Null;
import nova.media.amf0.Amf0Object;
import nova.media.amf0.Amf0Properties;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Value;

/// A blocking RTMP client made of the public codecs, for tests that say every message themselves.
public final class TestClient implements AutoCloseable {
  /// Sequence headers and frames of the captures.
  public static final Bytes AVC_HEADER =
      Bytes.ofHex(
          "1700000000014d400dffe10019674d400deca0a0cfcf80880000030008000003019078a14cb0"
              + "01000468ce3c80");

  public static final Bytes AAC_HEADER = Bytes.ofHex("af001190");

  private final Socket socket;
  private final RtmpMessageWriter writer = new RtmpMessageWriter();
  private final ChunkReader reader = new ChunkReader(RtmpLimits.defaults());
  private final Deque<RtmpMessage> arrived = new ArrayDeque<>();
  private final byte[] buffer = new byte[8_192];

  /// Connects and shakes hands.
  public TestClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) TestServer.PATIENCE.toMillis());
    ClientHandshake handshake = new ClientHandshake(new Random(1));
    socket.getOutputStream().write(handshake.begin().toByteArray());
    while (!handshake.isDone()) {
      byte[] answer = socket.getInputStream().readNBytes(1 + 1_536 + 1_536);
      Bytes c2 = handshake.read(ByteBuffer.wrap(answer)).orElseThrow();
      socket.getOutputStream().write(c2.toByteArray());
    }
  }

  /// Connects, and publishes with `name` on stream 1 without waiting for the answer.
  public static TestClient publishing(int port, String name) throws IOException {
    TestClient client = new TestClient(port);
    client.connect("live");
    client.publish(name);
    return client;
  }

  /// Publishes with `name` on stream 1 without waiting for the answer.
  public void publish(String name) throws IOException {
    command(0, "createStream", 2, new Amf0Null());
    command(1, "publish", 3, new Amf0Null(), new Amf0String(name), new Amf0String("live"));
  }

  public void connect(String app) throws IOException {
    connect(app, Map.of());
  }

  /// Connects and says more of itself.
  public void connect(String app, Map<String, Amf0Value> more) throws IOException {
    Map<String, Amf0Value> object = new LinkedHashMap<>(more);
    object.put("app", new Amf0String(app));
    object.put("flashVer", new Amf0String("test"));
    object.put("tcUrl", new Amf0String("rtmp://127.0.0.1/" + app));
    command(0, "connect", 1, new Amf0Object(object));
  }

  public void command(int stream, String name, double transaction, Amf0Value... arguments)
      throws IOException {
    send(new CommandMessage(stream, name, transaction, List.of(arguments)));
  }

  public void send(RtmpMessage message) throws IOException {
    socket.getOutputStream().write(writer.write(message).toByteArray());
  }

  public void sendRaw(Bytes bytes) throws IOException {
    socket.getOutputStream().write(bytes.toByteArray());
  }

  /// Sends the sequence headers of both tracks.
  public void headers() throws IOException {
    send(new VideoMessage(1, 0, AVC_HEADER));
    send(new AudioMessage(1, 0, AAC_HEADER));
  }

  /// A picture with one NAL unit.
  public void video(long timestamp, boolean keyframe) throws IOException {
    send(
        new VideoMessage(
            1,
            timestamp & 0xffff_ffffL,
            Bytes.ofHex(keyframe ? "170100000000000004658882aa" : "270100000000000004419a21bb")));
  }

  /// A frame of sound.
  public void audio(long timestamp) throws IOException {
    send(new AudioMessage(1, timestamp & 0xffff_ffffL, Bytes.ofHex("af01211004608c1c")));
  }

  /// The next message of that kind; those before it are dropped.
  public <T extends RtmpMessage> T await(Class<T> kind) throws IOException {
    while (true) {
      while (arrived.isEmpty()) {
        int length = socket.getInputStream().read(buffer);
        if (length < 0) {
          throw new IOException("the server closed before it sent " + kind.getSimpleName());
        }
        reader.read(
            ByteBuffer.wrap(buffer, 0, length),
            message -> arrived.add(RtmpMessageReader.read(message)));
      }
      RtmpMessage next = arrived.removeFirst();
      if (kind.isInstance(next)) {
        return kind.cast(next);
      }
    }
  }

  /// The answer or status of that name; those before it are dropped.
  public CommandMessage await(String name) throws IOException {
    while (true) {
      CommandMessage command = await(CommandMessage.class);
      if (command.name().equals(name)) {
        return command;
      }
    }
  }

  /// Code and description of the next onStatus.
  public String status() throws IOException {
    return describe(await("onStatus"));
  }

  /// Code and description of an answer.
  public static String describe(CommandMessage command) {
    Amf0Properties entries = (Amf0Properties) command.arguments().getLast();
    return entries.string("code").orElse("") + ": " + entries.string("description").orElse("");
  }

  /// Whether the server closes without sending more commands than those dropped here.
  public boolean isClosedByServer() throws IOException {
    while (true) {
      int length = socket.getInputStream().read(buffer);
      if (length < 0) {
        return true;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
