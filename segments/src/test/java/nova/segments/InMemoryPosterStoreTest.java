package nova.segments;

import nova.core.DataSize;

class InMemoryPosterStoreTest extends PosterStoreContract {
  @Override
  protected PosterStore newStore(int maxPosterBytes, int maxBytes) {
    return new InMemoryPosterStore(new DataSize(maxPosterBytes), new DataSize(maxBytes));
  }
}
