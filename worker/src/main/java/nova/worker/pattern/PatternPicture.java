package nova.worker.pattern;

import nova.framelog.pipe.PatternJob;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/// Draws the test pattern: what never changes once, then for each picture the few things that
/// differ from the one before.
///
/// *Confined to its creator's thread.*
final class PatternPicture implements AutoCloseable {
  private static final double BAR = 0.75;
  private static final int SWEEP_MS = 4_000;
  private static final int MS_PER_DAY = 86_400_000;
  private static final int BLACK = Colour.BLACK.luma();
  private static final int WHITE = Colour.WHITE.luma();
  private static final int NARROWEST_GREY = 4; // pixels

  private final PatternLayout layout;
  private final Canvas canvas;
  private String clockShown = "";
  private final Snow snow;
  private long codeShown;

  PatternPicture(PatternJob job) {
    layout = PatternLayout.of(job.width(), job.height());
    canvas = new Canvas(job.width(), job.height());
    canvas.fill(new Area(0, 0, job.width(), job.height()), Colour.BLACK);
    drawBars();
    drawGreys();
    canvas.fill(layout.clock(), Colour.BLACK);
    drawLabel("UTC %dX%d %d FPS".formatted(job.width(), job.height(), job.framesPerSecond()));
    snow = new Snow(layout.lane());
  }

  /// The picture that shows a time, for an encoder to look at until the next is drawn.
  AVFrame draw(long epochMs) {
    canvas.reclaim();
    drawClock(epochMs);
    drawCode(epochMs);
    moveSquare(epochMs);
    return canvas.frame();
  }

  private void drawBars() {
    int count = 7;
    for (int i = 0; i < count; i++) {
      int backwards = count - 1 - i;
      canvas.fill(layout.bars().column(i, count), bar(i));
      canvas.fill(layout.backwards().column(i, count), i % 2 == 0 ? bar(backwards) : Colour.BLACK);
    }
  }

  /// From the left: grey, yellow, cyan, green, magenta, red, blue.
  private static Colour bar(int index) {
    int parts = 7 - index; // green, red and blue as bits
    return Colour.ofRgb(
        (parts & 2) != 0 ? BAR : 0, (parts & 4) != 0 ? BAR : 0, (parts & 1) != 0 ? BAR : 0);
  }

  private void drawGreys() {
    Area all = layout.greys();
    int steps = Math.min(220, all.width() / NARROWEST_GREY); // every luma that there is
    for (int i = 0; i < steps; i++) {
      canvas.fill(all.column(i, steps), Colour.grey((double) i / (steps - 1)));
    }
  }

  private void drawLabel(String label) {
    int room = Glyphs.width(layout.clockCharacters()) * layout.clockDot();
    int dot = Math.min(layout.clockDot() / 3, room / Glyphs.width(label.length()));
    if (dot > 0) {
      canvas.text(label, layout.clockTextX(), layout.labelY(), dot, WHITE, BLACK);
    }
  }

  private void drawClock(long epochMs) {
    String clock =
        clock(epochMs).substring(PatternLayout.CLOCK_CHARACTERS - layout.clockCharacters());
    int dot = layout.clockDot();
    for (int i = 0; i < clock.length(); i++) {
      if (clockShown.isEmpty() || clockShown.charAt(i) != clock.charAt(i)) {
        int x = layout.clockTextX() + i * Glyphs.PITCH * dot;
        canvas.character(clock.charAt(i), x, layout.clockTextY(), dot, WHITE, BLACK);
      }
    }
    clockShown = clock;
  }

  /// Such as `12:34:56.789`, UTC.
  static String clock(long epochMs) {
    long ofDay = Math.floorMod(epochMs, MS_PER_DAY);
    return "%02d:%02d:%02d.%03d"
        .formatted(ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1_000 % 60, ofDay % 1_000);
  }

  private void drawCode(long epochMs) {
    for (int i = 0; i < PatternLayout.CODE_CELLS; i++) {
      int shift = PatternLayout.CODE_CELLS - 1 - i;
      if (((epochMs ^ codeShown) >> shift & 1) != 0) {
        canvas.fillLuma(layout.cell(i), (epochMs >> shift & 1) != 0 ? WHITE : BLACK);
      }
    }
    codeShown = epochMs;
  }

  private void moveSquare(long epochMs) {
    Area lane = layout.lane();
    long way = (long) lane.width() - lane.height();
    int x = (int) (way * Math.floorMod(epochMs, SWEEP_MS) / SWEEP_MS);
    snow.draw(canvas);
    canvas.fillLuma(new Area(Math.max(0, x), lane.y(), lane.height(), lane.height()), WHITE);
  }

  /// What was drawn, for tests.
  Canvas canvas() {
    return canvas;
  }

  @Override
  public void close() {
    canvas.close();
  }
}
