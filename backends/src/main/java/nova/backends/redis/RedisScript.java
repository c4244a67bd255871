package nova.backends.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// A Lua script, which Redis runs as one step, and the name by which Redis knows it.
///
/// *Immutable.*
///
/// @param sha of the text, as EVALSHA wants it
/// @param types of its keys in their order; all further keys are as the last
record RedisScript(String text, String sha, List<RedisType> types) {
  RedisScript {
    types = List.copyOf(types);
  }

  /// The script in the resource `NAME.lua` of this package.
  ///
  /// @param types of its keys; all further keys are as the last
  static RedisScript named(String name, RedisType... types) {
    try (InputStream in = RedisScript.class.getResourceAsStream(name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("there is no script %s.lua".formatted(name));
      }
      byte[] text = in.readAllBytes();
      byte[] sha = MessageDigest.getInstance("SHA-1").digest(text);
      return new RedisScript(
          new String(text, StandardCharsets.UTF_8), HexFormat.of().formatHex(sha), List.of(types));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What the key at this place has to be.
  RedisType type(int key) {
    return types.get(Math.min(key, types.size() - 1));
  }
}
