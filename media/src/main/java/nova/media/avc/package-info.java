/// H.264 as far as a server must understand it: parameter sets, NAL units, decoder configuration.
///
/// Bytes in, records out; pictures stay opaque. Start reading at [AvcDecoderConfigurationRecord]
/// and [NalUnits]; [AvcFormats] makes a track format of a configuration.
@NullMarked
package nova.media.avc;

import org.jspecify.annotations.NullMarked;
