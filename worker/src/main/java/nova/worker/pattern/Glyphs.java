package nova.worker.pattern;

import static java.util.Map.entry;

import java.util.Map;

/// The characters of the test pattern as 5x7 dots, large and without smoothing, so that they stay
/// legible in a small rendition.
///
/// *Immutable.*
final class Glyphs {
  static final int WIDTH = 5;
  static final int HEIGHT = 7;

  /// From the left edge of a character to that of the next.
  static final int PITCH = WIDTH + 1;

  private static final Map<Character, String> ROWS =
      Map.ofEntries(
          entry(' ', "..... ..... ..... ..... ..... ..... ....."),
          entry('.', "..... ..... ..... ..... ..... .##.. .##.."),
          entry(':', "..... .##.. .##.. ..... .##.. .##.. ....."),
          entry('0', ".###. #...# #...# #...# #...# #...# .###."),
          entry('1', "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###."),
          entry('2', ".###. #...# ....# ..##. .#... #.... #####"),
          entry('3', ".###. #...# ....# ..##. ....# #...# .###."),
          entry('4', "...#. ..##. .#.#. #..#. ##### ...#. ...#."),
          entry('5', "##### #.... ####. ....# ....# #...# .###."),
          entry('6', "..##. .#... #.... ####. #...# #...# .###."),
          entry('7', "##### ....# ...#. ..#.. .#... .#... .#..."),
          entry('8', ".###. #...# #...# .###. #...# #...# .###."),
          entry('9', ".###. #...# #...# .#### ....# ...#. .##.."),
          entry('A', ".###. #...# #...# ##### #...# #...# #...#"),
          entry('C', ".###. #...# #.... #.... #.... #...# .###."),
          entry('F', "##### #.... #.... ####. #.... #.... #...."),
          entry('N', "#...# ##..# #.#.# #..## #...# #...# #...#"),
          entry('O', ".###. #...# #...# #...# #...# #...# .###."),
          entry('P', "####. #...# #...# ####. #.... #.... #...."),
          entry('S', ".#### #.... #.... .###. ....# ....# ####."),
          entry('T', "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#.."),
          entry('U', "#...# #...# #...# #...# #...# #...# .###."),
          entry('V', "#...# #...# #...# #...# #...# .#.#. ..#.."),
          entry('X', "#...# #...# .#.#. ..#.. .#.#. #...# #...#"));

  private Glyphs() {}

  /// Whether a dot of a character is set.
  ///
  /// @throws IllegalArgumentException when there is no such character
  static boolean isSet(char character, int column, int row) {
    String rows = ROWS.get(character);
    if (rows == null) {
      throw new IllegalArgumentException(
          "character '%s' (expected: one of %s)".formatted(character, ROWS.keySet()));
    }
    return rows.charAt(row * (WIDTH + 1) + column) == '#';
  }

  /// The dots that a line of text takes from left to right.
  static int width(int characters) {
    return characters * PITCH - 1;
  }
}
