package nova.transcode;

import nova.core.StreamId;

class KeptLaddersTest extends LadderStoreContract {
  private final KeptLadders ladders = new KeptLadders();

  @Override
  protected LadderStore storeOf(StreamId carried) {
    return ladders;
  }

  @Override
  protected LadderStore elsewhere() {
    return ladders;
  }
}
