package nova.app.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import nova.app.error.StartupException;
import nova.core.ChannelSlug;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamKeyFileTest {
  @TempDir private Path folder;

  @Test
  void written_keys_are_read_back_and_the_secret_is_in_no_file() throws IOException {
    StreamKeyFile file = new StreamKeyFile(folder.resolve("a/b"));
    assertThat(file.read()).isEmpty();
    assertThat(folder.resolve("a")).doesNotExist();

    file.prepareFolder();
    file.write(StreamKeys.none().with(new ChannelSlug("live"), new StreamSecret("hush")));

    StreamKeys read = new StreamKeyFile(folder.resolve("a/b")).read().orElseThrow();
    assertThat(read.channelOf("hush")).contains(new ChannelSlug("live"));
    assertThat(Files.readString(file.path())).doesNotContain("hush").contains("Lost the key?");
    try (var files = Files.list(folder.resolve("a/b"))) {
      assertThat(files).containsExactly(file.path());
    }
  }

  @Test
  void only_the_owner_may_look() throws IOException {
    StreamKeyFile file = new StreamKeyFile(folder.resolve("data"));
    file.prepareFolder();
    file.write(StreamKeys.none());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data"))))
        .isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"live", "live abc", "Live 00", "live 00 00"})
  void damaged_line_is_explained(String line) throws IOException {
    Files.writeString(folder.resolve("stream-keys"), "# comment\n\n" + line + "\n");

    assertThatThrownBy(() -> new StreamKeyFile(folder).read())
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("line 3 of")
        .hasMessageContaining("expected: CHANNEL and the SHA-256 of its key");
  }

  @Test
  void folder_that_is_a_file_is_explained() throws IOException {
    Path notFolder = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> new StreamKeyFile(notFolder).prepareFolder())
        .isInstanceOf(StartupException.class);
    assertThatThrownBy(() -> new StreamKeyFile(notFolder.resolve("below")).prepareFolder())
        .isInstanceOf(StartupException.class);
  }
}
