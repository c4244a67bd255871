package nova.control.streamkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.control.error.InvalidFieldException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.77/24, 192.0.2.1, true",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "192.0.2.7/31, 192.0.2.6, true",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "192.0.2.0/24, ::ffff:192.0.2.9, true",
    "2001:db8::/32, 2001:DB8:ffff::1, true",
    "2001:DB8::/33, 2001:db8:8000::1, false",
    "2001:db8::1, 2001:db8:0:0:0:0:0:1, true",
    "::/0, 2001:db8::1, true",
    "::/0, 192.0.2.1, false",
    "fe80::/10, fe80::1%eth7, true",
    "fe80::/10, fe80::1%25, true",
    "192.0.2.0/24, '', false",
    "192.0.2.0/24, localhost, false",
    "0.0.0.0/0, 192.0.2.1:1935, false",
    "::/0, not:an:address, false",
  })
  void address_isInTheBlock_orNot(String network, String address, boolean inside) {
    assertThat(Network.parse(network).contains(address)).isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/24",
        "10/8",
        "10.1/16",
        "1.2.3.4.5",
        "256.0.0.1",
        "192.0.2.0/33",
        "192.0.2.0/-1",
        "192.0.2.0/+8",
        "192.0.2.0/",
        "192.0.2.0/24/24",
        "192.0.2.0/ 8",
        " 192.0.2.0",
        "192.0.2.0/٨",
        "2001:db8::/129",
        "[2001:db8::1]",
        "fe80::1%lo/64",
        "fe80::1%1",
        ":",
        "example.com",
        "3221225985",
        "0x7f.0.0.1",
      })
  void textThatIsNoBlock_isRefused_byTheNameOfItsField(String text) {
    assertThatThrownBy(() -> Network.parse(text))
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("allowedNetworks"));
  }
}
