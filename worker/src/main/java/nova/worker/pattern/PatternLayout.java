package nova.worker.pattern;

/// Where things are on the test pattern.
///
///     +--------------------------------------------------+
///     | seven bars of 75 %: grey yellow cyan green       |
///     |   magenta red blue                               |
///     |        +------------------------------+          |
///     |        | 12:34:56.789                 |          |  clock, UTC
///     |        | UTC 1280X720 30 FPS          |          |
///     |        +------------------------------+          |
///     +--------------------------------------------------+
///     | the bars backwards, every other one black        |
///     +--------------------------------------------------+
///     | grey from black to white                         |
///     +--------------------------------------------------+
///     | lane: a white square in snow, from left to       |
///     |   right every four seconds                       |
///     +--------------------------------------------------+
///     | code: 48 cells                                   |
///     +--------------------------------------------------+
///
/// **The code** is the time of the clock for programs: milliseconds since 1970-01-01T00:00Z as 48
/// bits, the most significant first, a white cell for 1 and a black one for 0. With a picture of
/// `W` x `H` pixels, the original or one scaled to any other size, cell `i` from 0 to 47 reaches
/// from `i * W / 48` to `(i + 1) * W / 48` in width, and the cells are as high as wide but at most
/// an eighth of `H`, at the lower edge. To read it, look at the middle of each cell:
///
///     cell   = min(W / 48, H / 8)
///     bit(i) = luma(x = (i + 0.5) * W / 48, y = H - cell / 2) > 50 %
///
/// The six bits in front are 0 until the year 2109, so that a picture without a code is told from
/// one with it. Cells of 8 pixels and more, that is pictures from 384 pixels in width on, survive a
/// low bitrate.
///
/// The time is that at which the picture was drawn; it is encoded and written at once.
///
/// *Immutable.*
///
/// @param clockDot how large a dot of the clock's characters is; the label's are a third of it
/// @param clockCharacters how many of the clock's characters fit, those at its end
record PatternLayout(
    Area bars,
    Area backwards,
    Area greys,
    Area lane,
    Area code,
    Area clock,
    int clockDot,
    int clockCharacters) {
  /// Bits, and cells, of the code.
  static final int CODE_CELLS = 48;

  /// Characters of `12:34:56.789`.
  static final int CLOCK_CHARACTERS = 12;

  private static final int NARROW_CLOCK_CHARACTERS = 9; // without hours
  private static final int CLOCK_PERCENT = 90; // of the width
  private static final int MARGIN_DOTS = 2;
  private static final int LABEL_DOTS = Glyphs.HEIGHT / 3 + 1; // in dots of the clock

  static PatternLayout of(int width, int height) {
    int cell = Math.max(1, Math.min(width / CODE_CELLS, height / 8));
    Area code = new Area(0, height - cell, width, cell);
    Area lane = above(code, height / 12 + (code.y() - height / 12) % 2);
    int rest = lane.y(); // even, and so is everything above
    Area greys = above(lane, even(rest * 15 / 100));
    Area backwards = above(greys, even(rest / 10));
    Area bars = new Area(0, 0, width, backwards.y());
    int room = width * CLOCK_PERCENT / 100;
    int characters =
        room < Glyphs.width(CLOCK_CHARACTERS) ? NARROW_CLOCK_CHARACTERS : CLOCK_CHARACTERS;
    int dotsHigh = Glyphs.HEIGHT + LABEL_DOTS + 3 * MARGIN_DOTS;
    int dot = Math.max(1, Math.min(room / Glyphs.width(characters), bars.height() / dotsHigh));
    int clockWidth = even((Glyphs.width(characters) + 2 * MARGIN_DOTS) * dot);
    int clockHeight = even(dotsHigh * dot);
    Area clock =
        new Area(
            even((width - Math.min(width, clockWidth)) / 2),
            even((bars.height() - clockHeight) / 2),
            Math.min(width, clockWidth),
            clockHeight);
    return new PatternLayout(bars, backwards, greys, lane, code, clock, dot, characters);
  }

  /// A cell of the code.
  Area cell(int index) {
    int left = code.width() * index / CODE_CELLS;
    int right = code.width() * (index + 1) / CODE_CELLS;
    return new Area(left, code.y(), right - left, code.height());
  }

  /// Where the clock's text begins.
  int clockTextX() {
    return clock.x() + (clock.width() - Glyphs.width(clockCharacters) * clockDot) / 2;
  }

  int clockTextY() {
    return clock.y() + MARGIN_DOTS * clockDot;
  }

  /// Where the label below it begins.
  int labelY() {
    return clockTextY() + (Glyphs.HEIGHT + MARGIN_DOTS) * clockDot;
  }

  private static Area above(Area area, int height) {
    return new Area(area.x(), area.y() - height, area.width(), height);
  }

  private static int even(int value) {
    return value & ~1;
  }
}
