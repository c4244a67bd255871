package nova.backends.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// What a disk does that gives back other bytes than it was given: one byte of the batch of records
/// that was stored last is another.
enum DamagedDisk {
  /// Of the records: their checksum does not fit.
  LAST_BYTE {
    @Override
    long place(FileChannel file) throws IOException {
      return file.size() - 1;
    }
  },

  /// Of the header: no client knows this format.
  FORMAT {
    @Override
    long place(FileChannel file) throws IOException {
      ByteBuffer size = ByteBuffer.allocate(Integer.BYTES);
      long batch = 0;
      for (long next = 0; next < file.size(); next += SIZE_OFFSET + 4 + size.getInt(0)) {
        batch = next;
        int _ = file.read(size.clear(), batch + SIZE_OFFSET);
      }
      return batch + FORMAT_OFFSET;
    }
  };

  private static final int SIZE_OFFSET = 8;
  private static final int FORMAT_OFFSET = 16;

  /// The offset behind what is stored.
  static long end(Path records) throws IOException {
    long next = 0;
    for (RecordBatch before :
        MemoryRecords.readableRecords(ByteBuffer.wrap(Files.readAllBytes(records))).batches()) {
      next = before.nextOffset();
    }
    return next;
  }

  /// Appends records as a broker stores those that were sent together.
  static Path append(Path records, long offset, SimpleRecord... batch) throws IOException {
    ByteBuffer stored =
        MemoryRecords.withRecords(
                RecordBatch.MAGIC_VALUE_V2,
                offset,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                batch)
            .buffer();
    try (FileChannel out = FileChannel.open(records, StandardOpenOption.APPEND)) {
      while (stored.hasRemaining()) {
        int _ = out.write(stored);
      }
    }
    return records;
  }

  abstract long place(FileChannel file) throws IOException;

  void damage(Path records) throws IOException {
    try (FileChannel file =
        FileChannel.open(records, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long place = place(file);
      ByteBuffer changed = ByteBuffer.allocate(1);
      int _ = file.read(changed, place);
      changed.put(0, (byte) (changed.get(0) ^ 0x55));
      int _ = file.write(changed.flip(), place);
    }
  }
}
