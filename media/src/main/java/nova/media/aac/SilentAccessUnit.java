package nova.media.aac;

import java.util.Optional;
import nova.core.Bytes;
import nova.media.TrackFormat.AudioFormat;
import nova.media.UnsupportedMediaException;

/// Writes the AAC access unit that decodes to silence: every channel with no spectral band coded.
///
/// Spec: ISO/IEC 14496-3 §4.4.2.1 (raw_data_block). *Thread-safe.*
public final class SilentAccessUnit {
  private static final int SINGLE_CHANNEL = 0;
  private static final int CHANNEL_PAIR = 1;
  private static final int LOW_FREQUENCY = 3;
  private static final int END = 7;

  private static final int TAG_BITS = 4;
  private static final int ICS_INFO_BITS = 11; // one long window, max_sfb 0, no prediction
  private static final int STREAM_BITS = 11; // global_gain 0; no pulses, no TNS, no gain control

  // By number of channels, as channelConfiguration 1 to 6 and, for 8 channels, 7 orders them.
  private static final int[][] ELEMENTS = {
    {},
    {SINGLE_CHANNEL},
    {CHANNEL_PAIR},
    {SINGLE_CHANNEL, CHANNEL_PAIR},
    {SINGLE_CHANNEL, CHANNEL_PAIR, SINGLE_CHANNEL},
    {SINGLE_CHANNEL, CHANNEL_PAIR, CHANNEL_PAIR},
    {SINGLE_CHANNEL, CHANNEL_PAIR, CHANNEL_PAIR, LOW_FREQUENCY},
    {},
    {SINGLE_CHANNEL, CHANNEL_PAIR, CHANNEL_PAIR, CHANNEL_PAIR, LOW_FREQUENCY},
  };

  private final byte[] bytes = new byte[48];
  private int position; // in bits

  private SilentAccessUnit() {}

  /// The access unit; empty for a channel layout without a standard order of elements.
  public static Optional<Bytes> of(AudioFormat format) {
    AudioSpecificConfig config;
    try {
      config = AudioSpecificConfig.read(format.configuration());
    } catch (UnsupportedMediaException _) {
      return Optional.empty();
    }
    int channels = config.channels(); // of the core coder: parametric stereo codes one
    return channels >= ELEMENTS.length || ELEMENTS[channels].length == 0
        ? Optional.empty()
        : Optional.of(new SilentAccessUnit().write(ELEMENTS[channels]));
  }

  private Bytes write(int[] elements) {
    int[] tags = new int[END];
    for (int element : elements) {
      put(element, 3);
      put(tags[element]++, TAG_BITS);
      if (element == CHANNEL_PAIR) {
        put(1, 1); // common_window
        put(0, ICS_INFO_BITS);
        put(0, 2); // ms_mask_present
        put(0, STREAM_BITS);
        put(0, STREAM_BITS);
      } else {
        put(0, STREAM_BITS + ICS_INFO_BITS);
      }
    }
    put(END, 3);
    return Bytes.wrap(bytes, 0, (position + 7) / 8);
  }

  private void put(int value, int bits) {
    for (int bit = bits - 1; bit >= 0; bit--) {
      bytes[position / 8] |= (byte) ((value >> bit & 1) << (7 - position % 8));
      position++;
    }
  }
}
