package nova.bench.soak;

import java.io.IOException;
import nova.app.publish.Broadcast;
import nova.core.Bytes;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTag.FlvAudioTag;

/// Says of AAC-LC sound of 24 kHz that it is the core of HE-AAC of 48 kHz, so that the server has
/// to encode it. No encoder at hand makes any; decoders take a core without an upper half as it is.
///
/// Spec: ISO/IEC 14496-3 §1.6.2.1 (AudioSpecificConfig): SBR, core 24 kHz, mono, output 48 kHz
record HeAacSink(Broadcast.Sink sink) implements Broadcast.Sink {
  private static final Bytes SEQUENCE_START = Bytes.ofHex("af002b098800");

  @Override
  public void send(FlvTag tag) throws IOException {
    boolean configures =
        tag instanceof FlvAudioTag(long _, Bytes payload)
            && payload.length() > 2
            && payload.getUnsigned(0) == SEQUENCE_START.getUnsigned(0)
            && payload.getUnsigned(1) == SEQUENCE_START.getUnsigned(1);
    sink.send(configures ? new FlvAudioTag(tag.timestampMs(), SEQUENCE_START) : tag);
  }
}
