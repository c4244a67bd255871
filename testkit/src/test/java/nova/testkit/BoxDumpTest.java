package nova.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BoxDumpTest {
  @Test
  void dump_of_nested_boxes_shows_the_tree_and_the_fields() {
    // moof { mfhd traf { tfhd tfdt trun } } mdat
    String chunk =
        "00000054 6d6f6f66"
            + "00000010 6d666864 00000000 00000007"
            + "0000003c 74726166"
            + "00000010 74666864 00020000 00000001"
            + "00000014 74666474 01000000 0000000100000000"
            + "00000010 7472756e 00000000 00000000"
            + "0000000b 6d646174 616263";

    assertThat(dump(chunk))
        .isEqualTo(
            """
            moof (84 bytes)
              mfhd (16 bytes)
                version 0, flags 0x000000
                sequence_number 7
              traf (60 bytes)
                tfhd (16 bytes)
                  version 0, flags 0x020000
                  track_ID 1
                tfdt (20 bytes)
                  version 1, flags 0x000000
                  baseMediaDecodeTime 4294967296
                trun (16 bytes)
                  version 0, flags 0x000000
                  sample_count 0
            mdat (11 bytes)
              payload 3 bytes, sha-256 ba7816bf8f01cfea
            """);
  }

  @Test
  void dump_of_a_box_longer_than_the_file_says_so() {
    assertThat(dump("00000020 6d6f6f76 00")).isEqualTo("!! moov of 32 bytes, 9 are left\n");
  }

  @Test
  void dump_of_a_box_that_ends_within_a_field_says_so() {
    assertThat(dump("0000000a 6d666864 0000")).contains("!! mfhd ends within a field");
  }

  @Test
  void dump_of_a_box_with_bytes_after_its_fields_shows_them() {
    assertThat(dump("00000012 6d666864 00000000 00000001 beef"))
        .contains("!! 2 bytes left over: beef");
  }

  @Test
  void dump_of_any_bytes_never_throws() {
    Seeds.each(
        500,
        random -> {
          byte[] bytes = new byte[random.nextInt(200)];
          random.nextBytes(bytes);
          assertThatCode(() -> BoxDump.of(bytes)).doesNotThrowAnyException();
        });
  }

  private static String dump(String hex) {
    return BoxDump.of(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
