package nova.worker.pattern;

import java.lang.foreign.MemorySegment;
import java.util.Random;

/// Grey noise that is another in every picture, like that of a television without a station. It
/// gives an encoder something to do: a picture without it takes a twentieth of the bits of a
/// camera's, and then no rendition is dearer than another.
///
/// *Confined to its creator's thread.*
final class Snow {
  private static final int DARKEST = 60;
  private static final int SHADES = 64;
  private static final int SUPPLY = 4; // how many times as much as is shown at once

  private final Area area;
  private final Random random = new Random(1953);
  private final MemorySegment supply;
  private final int offsets;

  Snow(Area area) {
    this.area = area;
    int shown = area.width() * area.height();
    offsets = (SUPPLY - 1) * shown;
    byte[] luma = new byte[SUPPLY * shown];
    random.nextBytes(luma);
    for (int i = 0; i < luma.length; i++) {
      luma[i] = (byte) (DARKEST + Byte.toUnsignedInt(luma[i]) % SHADES);
    }
    supply = MemorySegment.ofArray(luma);
  }

  void draw(Canvas canvas) {
    canvas.copyLuma(area, supply, random.nextInt(offsets));
  }
}
