package nova.ingest.publish;

import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.framelog.LogEntry.EpochEnd;
import nova.ingest.publish.StreamGrant.Release;

/// A connection as [LiveStreams] sees it: someone who was accepted and wants a stream. Methods are
/// called on the thread of the streams; implementations go on on their own.
///
/// *Thread-safe.*
public interface Publisher {
  ChannelSlug channel();

  /// Which stream key it showed, if that has an id.
  Optional<StreamKeyId> key();

  /// The id that its stream is to have if it begins one.
  Optional<StreamId> prepared();

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

  /// The server cannot give the publisher a stream now; it may try again.
  ///
  /// @param reason stable kebab-case name for metrics
  /// @param sentence for the broadcaster
  void failed(String reason, String sentence);

  /// Asks to end the epoch, release the grant and say goodbye to the encoder.
  ///
  /// @param how the grant is to be released; its sentence is for the broadcaster
  /// @param reason stable kebab-case name for metrics
  void surrender(EpochEnd end, Release how, String reason);

  /// Asks to go on at another server. An encoder that can do so by itself is asked to and keeps its
  /// grant until it has; one that cannot surrenders.
  ///
  /// @param sentence for the broadcaster
  void moveOn(String sentence);
}
