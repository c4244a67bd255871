package nova.bench.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResponseHeadTest {
  private static final byte[] HEAD =
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc"
          .getBytes(StandardCharsets.ISO_8859_1);

  @Test
  void read_wholeHead_endsBeforeTheBody() throws IOException {
    assertThat(ResponseHead.read(HEAD, HEAD.length))
        .isEqualTo(new ResponseHead(200, 3, true, HEAD.length - 3));
  }

  @Test
  void read_anyPrefixOfTheHead_needsMore() throws IOException {
    for (int length = 0; length < HEAD.length - 3; length++) {
      assertThat(ResponseHead.read(HEAD, length)).isNull();
    }
  }

  @Test
  void read_noContentLength_isAnError() {
    byte[] chunked = "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ResponseHead.read(chunked, chunked.length))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Content-Length");
  }
}
