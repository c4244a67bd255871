package nova.app.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileKindTest {
  @TempDir private Path folder;

  @Test
  void file_isToldByItsFirstBytes() throws Exception {
    assertThat(FileKind.of(file("FLV\1"))).contains(FileKind.FLV);
    assertThat(FileKind.of(file("\0\0\0\u0018ftypisom"))).contains(FileKind.MP4);
    assertThat(FileKind.of(file("\0\0\0\u0018moov"))).contains(FileKind.MP4);
    assertThat(FileKind.of(file("\0\0\0\u0018ft"))).isEmpty();
    assertThat(FileKind.of(file("this is neither"))).isEmpty();
    assertThat(FileKind.of(file(""))).isEmpty();
  }

  private Path file(String content) throws Exception {
    return Files.writeString(folder.resolve("file"), content, StandardCharsets.ISO_8859_1);
  }
}
