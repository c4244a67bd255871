package nova.transcode;

import nova.framelog.pipe.WorkerProgress;

/// Notices that a worker gets frames for long and no picture comes of them: a source that cannot be
/// decoded, for which another worker would be no better.
///
/// *Confined to its creator's thread.*
final class PictureWatch {
  /// Reports in a row, each of about a second: more than a broken group of pictures.
  private static final int REPORTS = 5;

  private long pictures;
  private long droppedFrames;
  private int reportsWithout;

  /// Takes the next report of a worker.
  ///
  /// @return whether nothing can be decoded, until pictures come again
  boolean isBlank(WorkerProgress report) {
    boolean came = report.pictures() != pictures;
    boolean dropped = report.droppedFrames() != droppedFrames;
    pictures = report.pictures();
    droppedFrames = report.droppedFrames();
    if (came) {
      reportsWithout = 0;
    } else if (dropped) {
      reportsWithout++;
    }
    return reportsWithout >= REPORTS;
  }
}
