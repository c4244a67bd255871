package nova.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.media.TrackFormat.AudioFormat;
import nova.media.aac.AacFormats;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTag.FlvAudioTag;
import nova.media.flv.FlvTag.FlvVideoTag;
import org.junit.jupiter.api.Test;

class HeAacSinkTest {
  @Test
  void send_ofAConfiguration_saysHeAacOfDoubleRate() throws IOException {
    FlvAudioTag sent =
        (FlvAudioTag) send(new FlvAudioTag(7, Bytes.ofHex("af00130856e500"))).getFirst();
    assertThat(sent.timestampMs()).isEqualTo(7);
    AudioFormat format = AacFormats.of(sent.payload().slice(2));
    assertThat(format.codecString()).isEqualTo("mp4a.40.5");
    assertThat(format.channels()).isEqualTo(1);
  }

  @Test
  void send_ofFrames_changesNothing() throws IOException {
    FlvTag sound = new FlvAudioTag(8, Bytes.ofHex("af0121100560"));
    FlvTag picture = new FlvVideoTag(8, Bytes.ofHex("1700000000"));
    assertThat(send(sound, picture)).containsExactly(sound, picture);
  }

  private static List<FlvTag> send(FlvTag... tags) throws IOException {
    List<FlvTag> sent = new ArrayList<>();
    HeAacSink sink = new HeAacSink(sent::add);
    for (FlvTag tag : tags) {
      sink.send(tag);
    }
    return sent;
  }
}
