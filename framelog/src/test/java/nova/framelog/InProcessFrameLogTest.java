package nova.framelog;

import nova.core.DataSize;

class InProcessFrameLogTest extends FrameLogContract {
  @Override
  protected FrameLog newLog(long bytes) {
    return new InProcessFrameLog(new FrameLogConfig(new DataSize(bytes)));
  }
}
