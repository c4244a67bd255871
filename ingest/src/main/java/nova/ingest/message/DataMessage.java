package nova.ingest.message;

import java.util.List;
import nova.media.amf0.Amf0Value;

/// Type 18 in AMF0, type 15 in AMF3: metadata, such as `@setDataFrame`, `onMetaData`.
///
/// Spec: RTMP 1.0 §7.1.2. *Immutable.*
///
/// @param timestamp milliseconds, unsigned 32 bits
public record DataMessage(int streamId, long timestamp, List<Amf0Value> values)
    implements RtmpMessage {
  static final int TYPE_AMF0 = 18;
  static final int TYPE_AMF3 = 15;

  public DataMessage {
    values = List.copyOf(values);
  }
}
