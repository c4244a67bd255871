/// CMAF on the ISO base media file format: headers, chunks, and the way back.
///
/// A track format becomes a CMAF header (initialization section), samples become CMAF chunks (one
/// `moof` and one `mdat`), and a chunk becomes samples again. Start reading at [CmafChunkWriter].
@NullMarked
package nova.media.mp4;

import org.jspecify.annotations.NullMarked;
