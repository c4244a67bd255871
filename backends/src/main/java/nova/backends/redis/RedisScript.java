package nova.backends.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A Lua script, which Redis runs as one step, and the name by which Redis knows it.
///
/// *Immutable.*
///
/// @param sha of the text, as EVALSHA wants it
record RedisScript(String text, String sha) {
  /// The script in the resource `NAME.lua` of this package.
  static RedisScript named(String name) {
    try (InputStream in = RedisScript.class.getResourceAsStream(name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("there is no script %s.lua".formatted(name));
      }
      byte[] text = in.readAllBytes();
      byte[] sha = MessageDigest.getInstance("SHA-1").digest(text);
      return new RedisScript(
          new String(text, StandardCharsets.UTF_8), HexFormat.of().formatHex(sha));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
