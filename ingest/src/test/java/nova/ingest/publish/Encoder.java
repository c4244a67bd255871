package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogUnavailableException;
import nova.ingest.publish.StreamGrant.Release;
import org.jspecify.annotations.Nullable;

/// A connection that was accepted. It lets go when the test says so.
///
/// *Confined to the test's thread.*
final class Encoder implements Publisher {
  private final ChannelSlug channel;
  private final StreamKeyId key;
  private final String address;
  final List<String> told = new ArrayList<>();
  @Nullable StreamGrant grant;
  private @Nullable Release asked; // the first wish counts, as of a connection that closes

  Encoder(ChannelSlug channel, StreamKeyId key) {
    this(channel, key, "192.0.2.7");
  }

  Encoder(ChannelSlug channel, StreamKeyId key, String address) {
    this.channel = channel;
    this.key = key;
    this.address = address;
  }

  void begin() {
    grant().epochBegan(new Epoch(0), List.of());
  }

  StreamId stream() {
    return grant().id();
  }

  void measure(StreamHealth health) {
    grant().measured(health);
  }

  void letGo() {
    if (asked == null) {
      throw new AssertionError("nobody asked for it");
    }
    grant().release(asked);
  }

  void failToWrite() {
    assertThatThrownBy(() -> grant().log().closeStream(false, ""))
        .isInstanceOf(LogUnavailableException.class);
  }

  void release(Release how) {
    grant().release(how);
  }

  private StreamGrant grant() {
    if (grant == null) {
      throw new AssertionError("it has no stream");
    }
    return grant;
  }

  @Override
  public ChannelSlug channel() {
    return channel;
  }

  @Override
  public Optional<StreamKeyId> key() {
    return Optional.of(key);
  }

  @Override
  public Optional<StreamId> prepared() {
    return Optional.empty();
  }

  @Override
  public String remoteAddress() {
    return address;
  }

  @Override
  public String encoder() {
    return "";
  }

  @Override
  public void granted(StreamGrant granted) {
    grant = granted;
  }

  @Override
  public void refused(String reason, String sentence) {
    told.add(reason + ": " + sentence);
  }

  @Override
  public void failed(String reason, String sentence) {
    refused(reason, sentence);
  }

  @Override
  public void moveOn(String sentence) {
    told.add("moved: " + sentence);
    asked = asked == null ? new Release.Finished("It moves.") : asked;
  }

  @Override
  public void surrender(EpochEnd end, Release how, String reason) {
    told.add(reason + ": " + how.reason());
    asked = asked == null ? how : asked;
  }
}
