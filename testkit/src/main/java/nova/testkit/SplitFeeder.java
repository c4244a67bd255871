package nova.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/// Cuts one input in many ways, since a network may deliver it in any: whole, byte by byte, and in
/// random pieces from seeds. A decoder must not see a difference.
///
/// *Thread-safe.*
public final class SplitFeeder {
  private static final int RANDOM_SPLITS = 8;

  private SplitFeeder() {}

  /// Feeds the pieces of one split to a fresh decoder and checks what came out.
  @FunctionalInterface
  public interface Feed {
    void accept(Iterable<ByteBuffer> pieces) throws Exception;
  }

  /// Runs `feed` once per way of cutting `input`. Pieces are read-only, never empty, made one by
  /// one, and each has memory of its own that is wiped when the next piece is asked for.
  public static void each(byte[] input, Feed feed) {
    run("whole", input, left -> left, feed);
    run("byte by byte", input, left -> 1, feed);
    for (int seed = 0; seed < RANDOM_SPLITS; seed++) {
      Random random = new Random(seed);
      // Powers of two as bounds, so that short and long pieces are both common.
      run(
          "random pieces, seed " + seed,
          input,
          left -> 1 + random.nextInt(1 << random.nextInt(14)),
          feed);
    }
  }

  private static void run(String name, byte[] input, IntUnaryOperator nextLength, Feed feed) {
    try {
      feed.accept(() -> new Pieces(input, nextLength));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("fails when fed %s: %s".formatted(name, e), e);
    }
  }

  private static final class Pieces implements Iterator<ByteBuffer> {
    private final byte[] input;
    private final IntUnaryOperator nextLength;
    private byte[] current = {};
    private int position;

    Pieces(byte[] input, IntUnaryOperator nextLength) {
      this.input = input;
      this.nextLength = nextLength;
    }

    @Override
    public boolean hasNext() {
      return position < input.length;
    }

    @Override
    public ByteBuffer next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      // A decoder that keeps a piece instead of copying it is caught.
      Arrays.fill(current, (byte) 0xee);
      int left = input.length - position;
      int length = Math.min(left, nextLength.applyAsInt(left));
      current = Arrays.copyOfRange(input, position, position + length);
      position += length;
      return ByteBuffer.wrap(current).asReadOnlyBuffer();
    }
  }
}
