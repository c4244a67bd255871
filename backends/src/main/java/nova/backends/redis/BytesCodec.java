package nova.backends.redis;

import io.lettuce.core.codec.RedisCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import nova.core.Bytes;

/// Keys are text and values [Bytes]: what is sent is copied once, into the socket's buffer, and
/// what is received once, out of it.
///
/// *Thread-safe.*
final class BytesCodec implements RedisCodec<String, Bytes> {
  static final BytesCodec INSTANCE = new BytesCodec();

  private BytesCodec() {}

  @Override
  public String decodeKey(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  @Override
  public Bytes decodeValue(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Bytes.wrap(copy);
  }

  @Override
  public ByteBuffer encodeKey(String key) {
    return ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public ByteBuffer encodeValue(Bytes value) {
    return value.asByteBuffer();
  }
}
