package nova.media.amf0;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nova.core.Bytes;
import nova.testkit.Seeds;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class Amf0VectorsTest {
  private record Vector(String name, Amf0Value value, String hex) {}

  private static final List<Vector> VECTORS =
      List.of(
          new Vector("number", new Amf0Number(1), "00 3ff0000000000000"),
          new Vector("NaN", new Amf0Number(Double.NaN), "00 7ff8000000000000"),
          new Vector("true", new Amf0Boolean(true), "01 01"),
          new Vector("false", new Amf0Boolean(false), "01 00"),
          new Vector("string", new Amf0String("connect"), "02 0007 636f6e6e656374"),
          new Vector("empty string", new Amf0String(""), "02 0000"),
          new Vector("not ASCII", new Amf0String("é😀"), "02 0006 c3a9 f09f9880"),
          new Vector(
              "longest short string",
              new Amf0String("a".repeat(65_535)),
              "02 ffff " + "61".repeat(65_535)),
          new Vector(
              "shortest long string",
              new Amf0String("a".repeat(65_536)),
              "0c 00010000" + "61".repeat(65_536)),
          new Vector(
              "object keeps order",
              new Amf0Object(entries("b", new Amf0Number(0), "a", new Amf0Null())),
              "03 0001 62 00 0000000000000000 0001 61 05 0000 09"),
          new Vector("empty object", new Amf0Object(Map.of()), "03 0000 09"),
          new Vector("null", new Amf0Null(), "05"),
          new Vector("undefined", new Amf0Undefined(), "06"),
          new Vector(
              "ECMA array",
              new Amf0EcmaArray(entries("x", new Amf0Boolean(true))),
              "08 00000001 0001 78 01 01 0000 09"),
          new Vector(
              "strict array",
              new Amf0StrictArray(List.of(new Amf0String("hvc1"), new Amf0StrictArray(List.of()))),
              "0a 00000002 02 0004 68766331 0a 00000000"),
          new Vector("date", new Amf0Date(1000, -60), "0b 408f400000000000 ffc4"));

  @TestFactory
  List<DynamicTest> vectors_readAndWritten_match() {
    return VECTORS.stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.name(),
                    () -> {
                      Bytes bytes = Bytes.ofHex(vector.hex());
                      assertThat(Amf0Reader.readAll(bytes)).containsExactly(vector.value());
                      assertThat(new Amf0Writer().write(vector.value()).toBytes()).isEqualTo(bytes);
                    }))
        .toList();
  }

  @Test
  void randomValues_writtenThenRead_comeBack() {
    Seeds.each(
        500,
        random -> {
          List<Amf0Value> values =
              random.ints(3, 0, 4).mapToObj(depth -> randomValue(random, depth)).toList();
          assertThat(Amf0Reader.readAll(Amf0Writer.writeAll(values))).isEqualTo(values);
        });
  }

  @Test
  void objectOrder_differentFromEquality_isKeptWhenWritten() {
    Amf0Object read =
        (Amf0Object) new Amf0Reader(Bytes.ofHex("03 0001 7a 05 0001 61 05 0000 09")).read();

    assertThat(read.entries().keySet()).containsExactly("z", "a");
  }

  static Amf0Value randomValue(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> new Amf0Number(random.nextGaussian());
      case 1 -> new Amf0Boolean(random.nextBoolean());
      case 2 -> new Amf0String(randomText(random));
      case 3 -> new Amf0Null();
      case 4 -> new Amf0Undefined();
      case 5 -> new Amf0Date(random.nextInt(), (short) random.nextInt());
      case 6 -> new Amf0Object(randomEntries(random, depth - 1));
      case 7 -> new Amf0EcmaArray(randomEntries(random, depth - 1));
      default ->
          new Amf0StrictArray(
              random
                  .ints(random.nextInt(5), 0, 2)
                  .mapToObj(i -> randomValue(random, depth - 1))
                  .toList());
    };
  }

  private static Map<String, Amf0Value> randomEntries(Random random, int depth) {
    Map<String, Amf0Value> entries = new LinkedHashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      entries.put("k" + randomText(random), randomValue(random, depth));
    }
    return entries;
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      int codePoint = random.nextInt(0x1_1000);
      text.appendCodePoint(codePoint >= 0xd800 && codePoint < 0xe000 ? 'x' : codePoint);
    }
    return text.toString();
  }

  private static Map<String, Amf0Value> entries(String name, Amf0Value value) {
    return Map.of(name, value);
  }

  private static Map<String, Amf0Value> entries(
      String name, Amf0Value value, String name2, Amf0Value value2) {
    Map<String, Amf0Value> entries = new LinkedHashMap<>();
    entries.put(name, value);
    entries.put(name2, value2);
    return entries;
  }
}
