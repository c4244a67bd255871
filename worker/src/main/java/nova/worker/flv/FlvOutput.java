package nova.worker.flv;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.media.amf0.Amf0EcmaArray;
import nova.media.amf0.Amf0Number;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Value;
import nova.media.amf0.Amf0Writer;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagWriter;

/// An FLV stream that somebody reads while it is written.
///
/// *Confined to its creator's thread.*
public final class FlvOutput {
  private final OutputStream out;

  /// @param out unbuffered, so that a tag is on its way when it is written
  public FlvOutput(OutputStream out) {
    this.out = out;
  }

  /// The process's stdout, where from now on nothing else gets in between.
  public static FlvOutput ofStdout() {
    FlvOutput output = new FlvOutput(new FileOutputStream(FileDescriptor.out));
    System.setOut(System.err);
    return output;
  }

  /// Begins the file.
  ///
  /// @param metadata what a reader may show before it decodes anything, such as `width`
  /// @throws IOException when nobody reads any more
  public void begin(boolean video, boolean audio, Map<String, Double> metadata) throws IOException {
    put(FlvTagWriter.fileHeader(video, audio));
    Map<String, Amf0Value> entries = new LinkedHashMap<>();
    metadata.forEach((name, value) -> entries.put(name, new Amf0Number(value)));
    Bytes amf =
        Amf0Writer.writeAll(List.of(new Amf0String("onMetaData"), new Amf0EcmaArray(entries)));
    write(new FlvTag.FlvScriptTag(0, amf));
  }

  /// Writes a tag.
  ///
  /// @throws IOException when nobody reads any more
  public void write(FlvTag tag) throws IOException {
    put(FlvTagWriter.write(tag));
  }

  private void put(Bytes bytes) throws IOException {
    out.write(bytes.toByteArray());
  }
}
