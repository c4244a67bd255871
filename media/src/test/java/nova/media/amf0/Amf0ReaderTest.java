package nova.media.amf0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.UnsupportedMediaException;
import nova.media.flv.RecordedMessages;
import nova.media.flv.RecordedMessages.Message;
import org.junit.jupiter.api.Test;

final class Amf0ReaderTest {
  @Test
  void recordedCommandsAndMetadata_readThenWritten_areTheSameBytes() {
    List<Message> messages =
        RecordedMessages.all().stream().filter(m -> m.type() == 18 || m.type() == 20).toList();

    assertThat(messages).hasSizeGreaterThan(40);
    for (Message message : messages) {
      List<Amf0Value> values = Amf0Reader.readAll(message.payload());
      assertThat(Amf0Writer.writeAll(values)).as("%s", message).isEqualTo(message.payload());
    }
  }

  @Test
  void obsMetadata_read_hasWhatObsShows() {
    Message message = RecordedMessages.first("obs3023-h264-aac", 18);

    List<Amf0Value> values = Amf0Reader.readAll(message.payload());

    assertThat(values.subList(0, 2))
        .containsExactly(new Amf0String("@setDataFrame"), new Amf0String("onMetaData"));
    Amf0Properties metadata = (Amf0Properties) values.get(2);
    assertThat(metadata.number("videocodecid")).contains(7.0);
    assertThat(metadata.number("framerate")).contains(10.0);
    assertThat(metadata.string("encoder"))
        .hasValueSatisfying(s -> assertThat(s).startsWith("obs-output"));
    assertThat(metadata.string("framerate")).isEmpty();
    assertThat(metadata.number("missing")).isEmpty();
  }

  @Test
  void objectWithoutEnd_atEndOfPayload_isTaken() {
    Map<String, Amf0Value> expected = Map.of("a", new Amf0Null());

    assertThat(read("03 0001 61 05")).isEqualTo(new Amf0Object(expected));
    assertThat(read("03 0001 61 05 0000")).isEqualTo(new Amf0Object(expected));
    assertThat(read("08 00000009 0001 61 05 0000 09")).isEqualTo(new Amf0EcmaArray(expected));
    assertThat(read("08 00000000 0001 61 05")).isEqualTo(new Amf0EcmaArray(expected));
  }

  @Test
  void emptyName_notFollowedByEnd_isAProperty() {
    assertThat(read("03 0000 05 0000 09")).isEqualTo(new Amf0Object(Map.of("", new Amf0Null())));
  }

  @Test
  void rareMarkers_read_becomeTheNearestValue() {
    assertThat(read("0f 00000003 3c612f")).isEqualTo(new Amf0String("<a/"));
    assertThat(read("10 0003 466f6f 0001 61 05 0000 09"))
        .isEqualTo(new Amf0Object(Map.of("a", new Amf0Null())));
    assertThat(Amf0Reader.readAll(Bytes.ofHex("07 0001 0d 05")))
        .containsExactly(new Amf0Undefined(), new Amf0Undefined(), new Amf0Null());
  }

  @Test
  void brokenValues_read_sayWhatAndWhere() {
    assertReason("ff", "bad-amf-marker", MalformedMediaException.class);
    assertReason("09", "bad-amf-marker", MalformedMediaException.class);
    assertReason("02 0005 6162", "truncated-amf-value", MalformedMediaException.class);
    assertReason("00 3ff0", "truncated-amf-value", MalformedMediaException.class);
    assertReason("03 00", "truncated-amf-value", MalformedMediaException.class);
    assertReason("0a ffffffff 05", "truncated-amf-value", MalformedMediaException.class);
    assertThatThrownBy(() -> Amf0Reader.readAll(Bytes.ofHex("05 05 42")))
        .hasMessage("AMF0 marker 0x42 at offset 0x2 (expected: 0x00..0x11 other than 0x09)");
  }

  @Test
  void limits_exceeded_nameTheLimit() {
    assertReason("03 0001 61".repeat(40), "amf-depth", LimitExceededException.class);
    assertReason("0a 00000001".repeat(40) + "05", "amf-depth", LimitExceededException.class);
    assertReason("05".repeat(65_537), "amf-entries", LimitExceededException.class);
    assertReason("0a 00010001" + "05".repeat(65_537), "amf-entries", LimitExceededException.class);
    assertReason("0c 00100001 61", "amf-string-bytes", LimitExceededException.class);
    assertThat(Amf0Reader.readAll(Bytes.ofHex("03 0001 61".repeat(32) + "05"))).hasSize(1);
  }

  @Test
  void avmPlusMarker_everyKindOfValue_isReadForOneValue() {
    assertThat(Amf0Reader.readAll(Bytes.ofHex("11 00 11 01 11 02 11 03 05")))
        .containsExactly(
            new Amf0Undefined(),
            new Amf0Null(),
            new Amf0Boolean(false),
            new Amf0Boolean(true),
            new Amf0Null());
    assertThat(read("11 04 7f")).isEqualTo(new Amf0Number(127));
    assertThat(read("11 04 8100")).isEqualTo(new Amf0Number(128));
    assertThat(read("11 04 ffffffff")).isEqualTo(new Amf0Number(-1));
    assertThat(read("11 04 c0808000")).isEqualTo(new Amf0Number(-(1 << 28)));
    assertThat(read("11 05 3ff0000000000000")).isEqualTo(new Amf0Number(1));
    assertThat(read("11 06 05 6869")).isEqualTo(new Amf0String("hi"));
    assertThat(read("11 08 01 408f400000000000")).isEqualTo(new Amf0Date(1000, 0));
    assertThat(read("11 0c 05 6869")).isEqualTo(new Amf0Undefined());
  }

  @Test
  void avmPlusArrays_denseAndMixed_becomeArrays() {
    assertThat(read("11 09 05 01 04 01 06 03 61"))
        .isEqualTo(new Amf0StrictArray(List.of(new Amf0Number(1), new Amf0String("a"))));
    // One named element, then one dense one that refers to the same string.
    assertThat(read("11 09 03 03 6b 06 03 76 01 06 02"))
        .isEqualTo(new Amf0EcmaArray(Map.of("k", new Amf0String("v"), "0", new Amf0String("v"))));
  }

  @Test
  void avmPlusObjects_sealedAndDynamic_becomeObjects() {
    // Traits: two sealed members "a", "b", dynamic; then one dynamic member "c".
    assertThat(read("11 0a 2b 01 03 61 03 62 04 01 03 03 63 01 01"))
        .isEqualTo(
            new Amf0Object(
                Map.of("a", new Amf0Number(1), "b", new Amf0Boolean(true), "c", new Amf0Null())));
    // An array of two objects, the second by reference to the first one's traits.
    assertThat(read("11 09 05 01 0a 13 01 03 61 04 01 0a 01 04 02"))
        .isEqualTo(
            new Amf0StrictArray(
                List.of(
                    new Amf0Object(Map.of("a", new Amf0Number(1))),
                    new Amf0Object(Map.of("a", new Amf0Number(2))))));
  }

  @Test
  void avmPlusBroken_read_saysWhat() {
    assertReason("11 06 04", "bad-amf-reference", MalformedMediaException.class);
    assertReason("11 0a 05", "bad-amf-reference", MalformedMediaException.class);
    assertReason("11 42", "bad-amf-marker", MalformedMediaException.class);
    assertReason("11 0a 07 03 61", "amf3-externalizable", UnsupportedMediaException.class);
    assertReason("11" + "09 03 01".repeat(40), "amf-depth", LimitExceededException.class);
    assertReason(
        "11 09 ffffffff 01" + "01".repeat(70_000), "amf-entries", LimitExceededException.class);
  }

  private static Amf0Value read(String hex) {
    Amf0Reader reader = new Amf0Reader(Bytes.ofHex(hex));
    Amf0Value value = reader.read();
    assertThat(reader.isExhausted()).isTrue();
    return value;
  }

  private static void assertReason(
      String hex, String reason, Class<? extends MediaException> family) {
    assertThatThrownBy(() -> Amf0Reader.readAll(Bytes.ofHex(hex)))
        .isInstanceOfSatisfying(family, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
