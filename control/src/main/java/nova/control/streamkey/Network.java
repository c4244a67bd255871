package nova.control.streamkey;

import java.net.InetAddress;
import java.util.regex.Pattern;
import nova.control.error.InvalidFieldException;

/// A block of addresses, such as `192.0.2.0/24` or `2001:db8::/32`; one address without a prefix.
///
/// Spec: RFC 4632 §3.1, RFC 4291 §2.3. *Immutable.*
public final class Network {
  private static final String FIELD = "allowedNetworks";
  private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

  private final byte[] prefix;
  private final int bits;

  private Network(byte[] prefix, int bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  /// Reads one as people write it; no name is looked up.
  ///
  /// @throws InvalidFieldException when it is none
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] address = address(slash < 0 ? text : text.substring(0, slash), text);
    int bits = slash < 0 ? 8 * address.length : prefixLength(text.substring(slash + 1), text);
    if (bits > 8 * address.length) {
      throw invalid(text);
    }
    return new Network(address, bits);
  }

  private static byte[] address(String literal, String text) {
    // Java also reads 10.1 as 10.0.0.1, and zones that only one machine has.
    boolean isWhole = literal.indexOf(':') >= 0 || FOUR_NUMBERS.matcher(literal).matches();
    if (!isWhole || literal.indexOf('%') >= 0 || literal.indexOf('[') >= 0) {
      throw invalid(text);
    }
    try {
      return InetAddress.ofLiteral(literal).getAddress();
    } catch (IllegalArgumentException e) {
      throw invalid(text);
    }
  }

  private static int prefixLength(String digits, String text) {
    if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(Network::isDigit)) {
      throw invalid(text);
    }
    return Integer.parseInt(digits);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static InvalidFieldException invalid(String text) {
    return new InvalidFieldException(
        FIELD,
        "'%s' is no block of addresses (expected: such as 192.0.2.0/24 or 2001:db8::/32)."
            .formatted(text.substring(0, Math.min(text.length(), 60))));
  }

  /// Whether an address, written as numbers, is in the block; what is no address is in none.
  public boolean contains(String address) {
    byte[] asked;
    try {
      asked = InetAddress.ofLiteral(withoutZone(address)).getAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
    if (asked.length != prefix.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> bit % 8;
      if ((asked[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static String withoutZone(String address) {
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }
}
