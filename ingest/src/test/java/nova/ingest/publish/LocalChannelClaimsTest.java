package nova.ingest.publish;

class LocalChannelClaimsTest extends ChannelClaimsContract {
  private final ChannelClaims claims = new LocalChannelClaims();

  @Override
  protected ChannelClaims claims() {
    return claims;
  }
}
