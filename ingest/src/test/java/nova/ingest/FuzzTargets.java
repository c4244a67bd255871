package nova.ingest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.ingest.chunk.ChunkReader;
import nova.ingest.chunk.RawMessage;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.handshake.ClientHandshake;
import nova.ingest.handshake.ServerHandshake;
import nova.ingest.handshake.ServerHandshake.Verdict;
import nova.ingest.message.RtmpMessageReader;
import nova.media.MediaException;
import nova.testkit.FuzzTarget;

/// The readers of this module that read what peers send.
public final class FuzzTargets {
  /// A byte of AMF that becomes a map entry, read twice.
  private static final long ALLOCATION_PER_BYTE = 2_000;

  /// Eight bytes of chunk header begin a message of a megabyte; [ChunkReader] bounds how often.
  private static final long ALLOCATION_PER_CHUNK_BYTE = 1 << 19;

  private static final int SEED_SIZE = 3_000;

  private FuzzTargets() {}

  public static List<FuzzTarget> all() {
    List<ByteBuffer> chunks =
        Stream.of(Capture.values())
            .map(Capture::chunks)
            .map(bytes -> ByteBuffer.wrap(bytes, 0, Math.min(SEED_SIZE, bytes.length)))
            .toList();
    List<ByteBuffer> hellos =
        Stream.of(Capture.values())
            .map(capture -> ByteBuffer.wrap(capture.bytes(), 0, Capture.HANDSHAKE))
            .toList();
    List<ByteBuffer> messages = new ArrayList<>();
    for (ByteBuffer seed : chunks) {
      outcome(seed, Integer.MAX_VALUE).messages().stream()
          .limit(40)
          .forEach(message -> messages.add(typed(message)));
    }
    return List.of(
        new FuzzTarget("chunks", chunks, ALLOCATION_PER_CHUNK_BYTE, FuzzTargets::readChunks),
        target("messages", messages, FuzzTargets::readMessage),
        target("server-handshake", hellos, FuzzTargets::shakeHandsWithClient),
        target("client-handshake", hellos, FuzzTargets::shakeHandsWithServer));
  }

  private static FuzzTarget target(String name, List<ByteBuffer> seeds, Consumer<byte[]> reader) {
    return new FuzzTarget(name, seeds, ALLOCATION_PER_BYTE, reader);
  }

  /// What a reader made of its input.
  private record Outcome(List<RawMessage> messages, Optional<String> refusal) {}

  /// However bytes are cut, they are the same messages or the same refusal.
  private static void readChunks(byte[] input) {
    Outcome whole = outcome(ByteBuffer.wrap(input), Integer.MAX_VALUE);
    Outcome pieces = outcome(ByteBuffer.wrap(input), 7);
    if (!whole.equals(pieces)) {
      throw new AssertionError("%s, but in pieces %s".formatted(whole, pieces));
    }
  }

  private static Outcome outcome(ByteBuffer input, int pieceSize) {
    ChunkReader reader = new ChunkReader(RtmpLimits.defaults());
    reader.allowMedia();
    ByteBuffer in = input.duplicate();
    List<RawMessage> messages = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        int length = Math.min(pieceSize, in.remaining());
        reader.read(in.slice(in.position(), length), messages::add);
        in.position(in.position() + length);
      }
      return new Outcome(messages, Optional.empty());
    } catch (MediaException e) {
      return new Outcome(messages, Optional.of(sentenceOf(e)));
    }
  }

  /// The type of a message, and its payload.
  private static ByteBuffer typed(RawMessage message) {
    return ByteBuffer.allocate(1 + message.payload().length())
        .put((byte) message.type())
        .put(message.payload().asByteBuffer())
        .flip();
  }

  private static void readMessage(byte[] input) {
    if (input.length > 0) {
      Bytes payload = Bytes.wrap(Arrays.copyOfRange(input, 1, input.length));
      try {
        RtmpMessageReader.read(new RawMessage(input[0] & 0xff, 1, 0, payload));
      } catch (MediaException e) {
        sentenceOf(e);
      }
    }
  }

  /// The server judges the same however bytes are cut, and consumes no more than the handshake.
  private static void shakeHandsWithClient(byte[] input) {
    ByteBuffer whole = ByteBuffer.wrap(input);
    Verdict verdict = new ServerHandshake(new Random(1)).read(whole);
    ServerHandshake piecemeal = new ServerHandshake(new Random(1));
    Verdict pieces = Verdict.INCOMPLETE;
    int used = 0;
    while (used < input.length && pieces == Verdict.INCOMPLETE) {
      ByteBuffer piece = ByteBuffer.wrap(input, used, Math.min(100, input.length - used));
      pieces = piecemeal.read(piece);
      used = piece.position();
    }
    if (verdict != pieces || whole.position() > Capture.HANDSHAKE) {
      throw new AssertionError(
          "%s at %d, but in pieces %s at %d".formatted(verdict, whole.position(), pieces, used));
    }
  }

  private static void shakeHandsWithServer(byte[] input) {
    ClientHandshake handshake = new ClientHandshake(new Random(1));
    ByteBuffer in = ByteBuffer.wrap(input);
    try {
      handshake.read(in);
    } catch (MediaException e) {
      sentenceOf(e);
    }
    if (in.position() > Capture.HANDSHAKE) {
      throw new AssertionError("consumed %d bytes".formatted(in.position()));
    }
  }

  private static String sentenceOf(MediaException refusal) {
    String sentence = String.valueOf(refusal.getMessage());
    if (!refusal.reason().matches("[a-z0-9-]+") || !sentence.contains("expected")) {
      throw new AssertionError("no sentence to act on: " + refusal, refusal);
    }
    return sentence;
  }
}
