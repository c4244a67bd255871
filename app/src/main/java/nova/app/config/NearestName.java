package nova.app.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what somebody probably meant.
final class NearestName {
  private NearestName() {}

  /// The candidate closest to `written`, when it is close enough to be a slip of the fingers: one
  /// edit per three letters, or the same last word under another group.
  static Optional<String> of(String written, Collection<String> candidates) {
    int tolerated = Math.max(1, written.length() / 3);
    Optional<String> close =
        candidates.stream()
            .filter(candidate -> edits(written, candidate) <= tolerated)
            .min(Comparator.comparingInt(candidate -> edits(written, candidate)));
    if (close.isPresent()) {
      return close;
    }
    return candidates.stream().filter(c -> lastWord(c).equals(lastWord(written))).findFirst();
  }

  private static String lastWord(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /// The number of letters to insert, delete or replace (Levenshtein's distance).
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
