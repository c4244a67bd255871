package nova.ingest.publish;

import nova.core.ChannelSlug;
import nova.framelog.LogEntry.EpochEnd;

/// A connection as [LiveStreams] sees it: someone who was accepted and wants a stream. Methods are
/// called on the thread of the streams; implementations go on on their own.
///
/// *Thread-safe.*
public interface Publisher {
  ChannelSlug channel();

  /// Address of the peer, without the port.
  String remoteAddress();

  /// What the encoder calls itself; may be empty.
  String encoder();

  /// The publisher has the stream now and must [StreamGrant#release] it some time.
  void granted(StreamGrant grant);

  /// The publisher does not get a stream.
  ///
  /// @param reason stable kebab-case name for metrics
  /// @param sentence for the broadcaster
  void refused(String reason, String sentence);

  /// Asks to end the epoch, release the grant and say goodbye to the encoder.
  void surrender(EpochEnd end, String reason, String sentence);
}
