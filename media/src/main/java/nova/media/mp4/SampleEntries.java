package nova.media.mp4;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoFormat;
import nova.media.avc.VuiParameters.ColourDescription;
import nova.media.bytes.FourCc;

/// The sample entries of `stsd`: what a decoder needs before the first sample. Parameter sets stand
/// only here (`avc1`, not `avc3`), which Apple's players require.
///
/// Spec: ISO/IEC 14496-12 §8.5.2, §12.1.3 (visual), §12.2.3 (audio), §12.1.5 (colr); ISO/IEC
/// 14496-15 §5.4.2 (avc1); ISO/IEC 14496-14 §6.7 (mp4a).
final class SampleEntries {
  private static final int MAX_UINT16 = 0xffff;
  private static final int RESOLUTION_72_DPI = 0x00480000;

  private SampleEntries() {}

  static Box of(TrackFormat format) {
    return switch (format) {
      case VideoFormat video ->
          switch (video.codec()) {
            case AVC -> avc1(video);
          };
      case AudioFormat audio ->
          switch (audio.codec()) {
            case AAC -> mp4a(audio);
          };
    };
  }

  private static Box avc1(VideoFormat format) {
    short width = uint16("picture width", format.width());
    short height = uint16("picture height", format.height());
    List<Box> children = new ArrayList<>();
    children.add(body("avcC", format.configuration()));
    ColourDescription colour = AvcColour.of(format.configuration());
    if (!colour.equals(ColourDescription.UNSPECIFIED)) {
      children.add(colr(colour));
    }
    PixelAspectRatio pixel = format.pixelAspectRatio();
    if (pixel.horizontal() != pixel.vertical()) {
      children.add(pasp(pixel));
    }
    return Box.leafThenBoxes(
        "avc1",
        78,
        out -> {
          startOfEntry(out);
          MovieBoxes.zeros(out, 16); // pre_defined, reserved
          out.putShort(width);
          out.putShort(height);
          out.putInt(RESOLUTION_72_DPI); // horizresolution
          out.putInt(RESOLUTION_72_DPI); // vertresolution
          out.putInt(0); // reserved
          out.putShort((short) 1); // frame_count
          MovieBoxes.zeros(out, 32); // compressorname
          out.putShort((short) 0x0018); // depth
          out.putShort((short) -1); // pre_defined
        },
        children);
  }

  private static Box colr(ColourDescription colour) {
    return Box.leaf(
        "colr",
        11,
        out -> {
          out.putInt(FourCc.of("nclx").value()); // colour_type
          out.putShort((short) colour.primaries()); // colour_primaries
          out.putShort((short) colour.transfer()); // transfer_characteristics
          out.putShort((short) colour.matrix()); // matrix_coefficients
          out.put((byte) (colour.fullRange() ? 0x80 : 0)); // full_range_flag:1 reserved:7
        });
  }

  private static Box pasp(PixelAspectRatio pixel) {
    return Box.leaf(
        "pasp",
        8,
        out -> {
          out.putInt(pixel.horizontal()); // hSpacing
          out.putInt(pixel.vertical()); // vSpacing
        });
  }

  private static Box mp4a(AudioFormat format) {
    short channels = uint16("channel count", format.channels());
    // 16.16 holds no rate above 65535 Hz; the AudioSpecificConfig rules, the field is then 0.
    int rate16x16 = format.sampleRate() <= MAX_UINT16 ? format.sampleRate() << 16 : 0;
    return Box.leafThenBoxes(
        "mp4a",
        28,
        out -> {
          startOfEntry(out);
          MovieBoxes.zeros(out, 8); // reserved
          out.putShort(channels); // channelcount
          out.putShort((short) 16); // samplesize
          out.putInt(0); // pre_defined, reserved
          out.putInt(rate16x16); // samplerate
        },
        List.of(ElementaryStreamDescriptor.esds(format.configuration())));
  }

  private static void startOfEntry(ByteBuffer out) {
    MovieBoxes.zeros(out, 6); // reserved
    out.putShort((short) 1); // data_reference_index
  }

  private static Box body(String type, Bytes body) {
    return Box.leaf(type, body.length(), body::copyTo);
  }

  private static short uint16(String what, int value) {
    if (value <= 0 || value > MAX_UINT16) {
      throw new IllegalArgumentException(
          "%s %d (expected: 1..%d)".formatted(what, value, MAX_UINT16));
    }
    return (short) value;
  }
}
