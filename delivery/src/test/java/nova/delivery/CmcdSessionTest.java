package nova.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CmcdSessionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "sid=\"6e2fb550-c457-11e9-bb97-0800200c9a66\" | 6e2fb550-c457-11e9-bb97-0800200c9a66",
        // CTA-5004-B §8.1.1
        "cid=\"content-id-123\",sf=d,sid=\"session-id-123\",st=v,v=2 | session-id-123",
        "bs,bsd=(1500),cid=\"content-id-123\",e=ps,sid=\"s\",sta=p,ts=1764269150112,v=2 | s",
        // hls.js 1.7.4: decimals, and lists without types
        "br=(220),lb=(219.824),sid=\"h\",tb=(1220.1),v=2 | h",
        // Shaka 5.2.12: numbers of version 1 in version 2
        "bl=2000,br=591,cid=\"default\",sid=\"k\",tb=591,v=2 | k",
        "sid=\"first\",sid=\"last\" | last",
        "cid=\"a,sid=no\",sid=\"yes\" | yes",
        "nor=(\"a,b);r=1\" \"c\"),sid=\"yes\" | yes",
        "x=\"\\\"\",sid=\"a\\\"b\\\\c\" | a\"b\\c",
        " sid=\"spaced\" , v=1 | spaced"
      })
  void session_isFound_amongWhateverPlayersSend(String payload, String sid) {
    assertThat(CmcdSession.ofHeader(payload)).isEqualTo(new CmcdSession.Named(sid));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "bl=2000,v=2", "cid=\"x\"", "Sid=\"x\"", "sid=\"x\",v=3"})
  void nothing_isSaidOfTheSession(String payload) {
    assertThat(CmcdSession.ofHeader(payload)).isEqualTo(CmcdSession.ABSENT);
  }

  static Stream<String> malformed() {
    return Stream.of(
        "sid=",
        "sid=\"\"",
        "sid=token",
        "sid=\"a",
        "sid=\"a\"b\"",
        "sid=\"a\\\"",
        "sid=\"a\u0001\"",
        "sid=\"é\"",
        "cid=\"open",
        "nor=(\"open\"",
        "sid=\"" + "x".repeat(65) + "\"",
        "x".repeat(4_097));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatCannotBeUnderstood_isMalformed(String payload) {
    assertThat(CmcdSession.ofHeader(payload)).isEqualTo(CmcdSession.MALFORMED);
  }

  @Test
  void session_ofTheGreatestLength_isFound() {
    String sid = "x".repeat(64);
    assertThat(CmcdSession.ofHeader("sid=\"" + sid + "\"")).isEqualTo(new CmcdSession.Named(sid));
  }

  @Test
  void query_isDecoded_whereverItIs() {
    assertThat(CmcdSession.ofQuery("_HLS_msn=3&CMCD=bl%3D%282000%29%2Csid%3D%22a%20b%22&x"))
        .isEqualTo(new CmcdSession.Named("a b"));
    // dash.js 5.2.1 writes spaces as plus signs
    assertThat(CmcdSession.ofQuery("CMCD=br%3D(591;v+69;a)%2Csid%3D%22d%22"))
        .isEqualTo(new CmcdSession.Named("d"));
    assertThat(CmcdSession.ofQuery("xCMCD=sid%3D%22a%22")).isEqualTo(CmcdSession.ABSENT);
    assertThat(CmcdSession.ofQuery("CMCD")).isEqualTo(CmcdSession.ABSENT);
    assertThat(CmcdSession.ofQuery(null)).isEqualTo(CmcdSession.ABSENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%2", "sid%3D%22%zz%22", "sid%3D%22%ff%22", "é"})
  void query_thatIsNotWellFormed_isMalformed(String value) {
    assertThat(CmcdSession.ofQuery("CMCD=" + value)).isEqualTo(CmcdSession.MALFORMED);
  }
}
