package nova.worker.poster;

import nova.core.Bytes;
import nova.core.TrackId;
import nova.framelog.pipe.WorkerMessage.Poster;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.media.MediaFrame;
import nova.worker.CodecException;
import nova.worker.Decoder;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/// Makes one poster, with a decoder of its own: frames of many streams come in turn, and what one
/// did to a decoder must not show in the picture of another.
///
/// *Confined to its creator's thread.*
final class PosterMaker {
  private final PosterFrame source;
  private Bytes jpeg = Bytes.EMPTY;

  private PosterMaker(PosterFrame source) {
    this.source = source;
  }

  /// The poster of a keyframe; empty when it gives no picture.
  static Poster make(PosterFrame source) throws InterruptedException {
    PosterMaker maker = new PosterMaker(source);
    try {
      maker.decode();
    } catch (CodecException e) {
      System.err.println("no poster of stream %s: %s".formatted(source.stream(), e.getMessage()));
    }
    return new Poster(source.stream(), maker.jpeg);
  }

  private void decode() throws InterruptedException {
    if (source.payload().isEmpty()) {
      return;
    }
    try (Decoder decoder = new Decoder(source.format())) {
      decoder.decode(new MediaFrame(TrackId.VIDEO, 0, 0, true, source.payload()), this::takeFirst);
      decoder.drain(this::takeFirst);
    }
  }

  private void takeFirst(AVFrame decoded) {
    if (!jpeg.isEmpty()) {
      return;
    }
    PosterSize size =
        PosterSize.of(decoded.width(), decoded.height(), source.format().pixelAspectRatio());
    try (PosterPicture picture = PosterPicture.of(decoded, size)) {
      Bytes encoded = JpegEncoder.encode(picture.frame());
      if (encoded.length() <= Poster.MAX_JPEG_BYTES) {
        jpeg = encoded;
      }
    }
  }
}
