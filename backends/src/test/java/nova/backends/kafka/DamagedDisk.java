package nova.backends.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What a disk does that gives back other bytes than it was given.
final class DamagedDisk {
  private DamagedDisk() {}

  static void changeLastByte(Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      int _ = out.read(last, out.size() - 1);
      last.put(0, (byte) (last.get(0) ^ 0x55));
      int _ = out.write(last.flip(), out.size() - 1);
    }
  }
}
