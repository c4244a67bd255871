package nova.api.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// ETags that are versions: `"7"`.
///
/// Spec: RFC 9110 §8.8.3, §13.1.1.
final class EntityTags {
  private static final Pattern OURS = Pattern.compile("\"([1-9][0-9]{0,17})\"");
  private static final Pattern ANY = Pattern.compile("(W/)?\"[\\x21\\x23-\\x7e\\x80-\\xff]*\"");

  private EntityTags() {}

  static String text(long version) {
    return "\"" + version + "\"";
  }

  /// The version that a change is meant for; empty for whichever is there.
  ///
  /// @param ifMatch the header
  /// @throws ProblemException when it is none, or none that was ever given out
  static Optional<Long> version(String ifMatch) {
    String tag = ifMatch.strip();
    if (tag.equals("*")) {
      return Optional.empty();
    }
    Matcher ours = OURS.matcher(tag);
    if (ours.matches()) {
      return Optional.of(Long.valueOf(ours.group(1)));
    }
    if (ANY.matcher(tag).matches()) {
      throw new ProblemException(
          Problem.of(
              412,
              "changed-meanwhile",
              "If-Match names an ETag that this never had (expected: one of an answer, such as"
                  + " \"7\"); read it again and repeat the change."));
    }
    throw new ProblemException(
        Problem.badRequest(
            "invalid-if-match",
            "If-Match is not one ETag (expected: one of an answer, such as \"7\", or *)."));
  }
}
