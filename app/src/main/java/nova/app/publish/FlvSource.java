package nova.app.publish;

import java.io.IOException;
import java.io.InputStream;

/// An FLV file that can be read again from its beginning.
@FunctionalInterface
public interface FlvSource {
  InputStream open() throws IOException;
}
