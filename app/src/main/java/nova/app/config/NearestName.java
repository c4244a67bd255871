package nova.app.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what somebody probably meant.
public final class NearestName {
  private NearestName() {}

  /// The candidate closest to `written`, when it is close enough to be a slip of the fingers: one
  /// edit per three letters, or the same last word under another group.
  public static Optional<String> of(String written, Collection<String> candidates) {
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

  /// The number of letters to insert, delete, replace, or swap with the next one.
  private static int edits(String a, String b) {
    int[] before = new int[0];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] next = new int[row.length];
      next[0] = i;
      for (int j = 1; j < next.length; j++) {
        int replaced = row[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        next[j] = Math.min(replaced, 1 + Math.min(row[j], next[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          next[j] = Math.min(next[j], before[j - 2] + 1);
        }
      }
      before = row;
      row = next;
    }
    return row[b.length()];
  }
}
