package nova.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/// A reader that must withstand any bytes, and real input from which attacks begin. Seeded damage
/// attacks it in the unit tests, and Jazzer for as long as one likes; see [FuzzRun].
///
/// *Thread-safe when its reader is.*
///
/// @param name in kebab case
/// @param seeds what the reader takes without complaint, or nearly
/// @param allocationPerByte the most that one byte of input may make the reader allocate
/// @param reader throws when something is wrong with itself, and takes refusals for granted
public record FuzzTarget(
    String name, List<ByteBuffer> seeds, long allocationPerByte, Consumer<byte[]> reader) {
  /// Exceptions with their traces and messages, and what one value costs at least.
  private static final long BASE_ALLOCATION = 256 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  public FuzzTarget {
    seeds = List.copyOf(seeds);
  }

  /// Reads `input` and checks that it costs no more memory than its length justifies.
  public void attack(byte[] input) {
    attack(input, 1);
  }

  /// As [#attack(byte\[\])], where the code is instrumented and allocates `dearer` times as much.
  void attack(byte[] input, int dearer) {
    long limit = (BASE_ALLOCATION + allocationPerByte * input.length) * dearer;
    long allocated = allocatedBy(input);
    if (allocated > limit) {
      allocated = allocatedBy(input); // the first run of a piece of code allocates its classes too
    }
    if (allocated > limit) {
      throw new AssertionError(
          "%d bytes of input made %s allocate %d (expected: <= %d)"
              .formatted(input.length, name, allocated, limit));
    }
  }

  /// Reads every seed, and `rounds` inputs that are damaged in ways that only depend on their
  /// number.
  public void attackWithDamage(int rounds) {
    seeds.forEach(seed -> attack(bytesOf(seed)));
    Seeds.each(rounds, random -> attack(damaged(random)));
  }

  private long allocatedBy(byte[] input) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    reader.accept(input);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /// One in eight is noise; the others are a seed with some bytes changed, put in or left out.
  private byte[] damaged(Random random) {
    if (random.nextInt(8) == 0) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] bytes = bytesOf(seeds.get(random.nextInt(seeds.size())));
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      // The beginning is where the structure is.
      int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(24, bytes.length));
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        case 2 -> bytes = bytesOf(ByteBuffer.wrap(bytes, 0, at));
        default -> {
          ByteBuffer longer = ByteBuffer.allocate(bytes.length + 4);
          longer.put(bytes, 0, at).putInt(random.nextInt()).put(bytes, at, bytes.length - at);
          bytes = longer.array();
        }
      }
    }
    return bytes;
  }

  static byte[] bytesOf(ByteBuffer seed) {
    byte[] bytes = new byte[seed.remaining()];
    seed.get(seed.position(), bytes);
    return bytes;
  }
}
