package nova.control.audit;

import java.util.Locale;

/// Who does something.
///
/// *Immutable.*
///
/// @param id of the token, or empty
/// @param label for people; may be empty
/// @param address from where, as text; empty for the server itself
public record Actor(Kind kind, String id, String label, String address) {
  /// The server itself, such as when a broadcaster's connection is lost.
  public static final Actor SYSTEM = new Actor(Kind.SYSTEM, "", "", "");

  /// What somebody is.
  public enum Kind {
    /// The server.
    SYSTEM,
    /// Whoever has an API token.
    TOKEN,
    /// Whoever can read the data folder of the server.
    LOCAL,
    /// A broadcaster.
    PUBLISHER;

    /// As the schema and the API spell it.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(String label) {
      return valueOf(label.toUpperCase(Locale.ROOT));
    }
  }
}
