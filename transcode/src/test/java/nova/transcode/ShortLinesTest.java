package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShortLinesTest {
  private static List<String> lines(String text) throws IOException {
    ShortLines lines = new ShortLines(new StringReader(text), 5);
    List<String> all = new ArrayList<>();
    for (String line = lines.next(); line != null; line = lines.next()) {
      all.add(line);
    }
    return all;
  }

  @Test
  void lines_areGivenOneByOne_withoutTheirEnds() throws Exception {
    assertThat(lines("")).isEmpty();
    assertThat(lines("one\n\ntwo\r\nlast")).containsExactly("one", "", "two", "last");
    assertThat(lines("one\n")).containsExactly("one");
  }

  @Test
  void longLine_isCut_andTheNextIsWhole() throws Exception {
    assertThat(lines("12345\n123456\n12345678901\nnext\n"))
        .containsExactly("12345", "12345", "12345", "next");
  }

  @Test
  void veryLongLine_takesNoMemory() throws Exception {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ShortLines lines = new ShortLines(new OneLine(16 << 20), 5);
    long before = thread.getCurrentThreadAllocatedBytes();

    String line = lines.next();

    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
    assertThat(line).isEqualTo("xxxxx");
  }

  private static final class OneLine extends Reader {
    private int left;

    OneLine(int characters) {
      left = characters;
    }

    @Override
    public int read() {
      return left-- > 0 ? 'x' : -1;
    }

    @Override
    public int read(char[] into, int offset, int length) {
      throw new UnsupportedOperationException("by the character (expected: read())");
    }

    @Override
    public void close() {}
  }
}
