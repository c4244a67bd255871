package nova.ingest.publish;

import java.time.InstantSource;

class MemoryClaimsTest extends ChannelClaimsContract {
  private final ChannelClaims claims = new MemoryClaims(InstantSource.fixed(NOON)).node("one");

  @Override
  protected ChannelClaims claims() {
    return claims;
  }
}
