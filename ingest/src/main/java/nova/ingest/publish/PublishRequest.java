package nova.ingest.publish;

/// Someone wants to publish.
///
/// *Immutable.*
///
/// @param app path of the URL before the publish name, without a query; for the log at most
/// @param remoteAddress address of the peer, without the port
public record PublishRequest(StreamKey key, String app, String remoteAddress) {
  /// Without `app`, in which users put their keys.
  @Override
  public String toString() {
    return "PublishRequest[remoteAddress=" + remoteAddress + "]";
  }
}
