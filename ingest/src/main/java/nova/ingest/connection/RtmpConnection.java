package nova.ingest.connection;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nova.core.ChannelSlug;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.WriterFencedException;
import nova.ingest.chunk.RawMessage;
import nova.ingest.command.CommandReplies;
import nova.ingest.command.NetConnectionCommand;
import nova.ingest.command.NetStreamCommand;
import nova.ingest.command.OtherCommand;
import nova.ingest.command.RtmpCommand;
import nova.ingest.command.StatusCode;
import nova.ingest.message.AbortMessage;
import nova.ingest.message.Acknowledgement;
import nova.ingest.message.AggregateMessage;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.CommandMessage;
import nova.ingest.message.DataMessage;
import nova.ingest.message.IgnoredMessage;
import nova.ingest.message.RtmpMessage;
import nova.ingest.message.RtmpMessageReader;
import nova.ingest.message.SetChunkSize;
import nova.ingest.message.SetPeerBandwidth;
import nova.ingest.message.UserControl;
import nova.ingest.message.VideoMessage;
import nova.ingest.message.WindowAcknowledgementSize;
import nova.ingest.publish.PublishDecision;
import nova.ingest.publish.PublishRequest;
import nova.ingest.publish.PublishSession;
import nova.ingest.publish.Publisher;
import nova.ingest.publish.StreamGrant;
import nova.ingest.publish.StreamGrant.Release;
import nova.ingest.publish.StreamKey;
import nova.media.MediaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One RTMP connection after its handshake: answers commands, lets a publisher in, and passes its
/// media on.
///
/// ```
/// connect ─▶ createStream ─▶ publish ─▶ (key asked) ─▶ (stream asked) ─▶ media ─▶ goodbye ─▶ publish …
/// ```
///
/// While the key and the stream are being asked for, the peer is not read, so media that it sends
/// without waiting is neither lost nor held.
///
/// Spec: RTMP 1.0 §7.2, §7.3.1. *Confined to its connection's thread.*
public final class RtmpConnection {
  private static final Logger log = LoggerFactory.getLogger(RtmpConnection.class);

  private static final int WINDOW = 2_500_000;
  private static final int CHUNK_SIZE = 4_096;
  private static final int DYNAMIC_LIMIT = 2;
  private static final int MESSAGE_STREAMS = 64;
  private static final Duration PING_AFTER = Duration.ofSeconds(4);

  private final ConnectionPorts ports;
  private final ConnectionOutput out;
  private final InetAddress address;
  private final boolean overAddressLimit;

  private boolean connected;
  private boolean closing;
  private String app = "";
  private String encoder = "";
  private int streamsCreated;
  private int publishStream; // message stream of the publish under way, 0 when there is none
  private @Nullable PublishSession session;
  private @Nullable StreamGrant grant;

  private long receivedBytes;
  private long acknowledgedBytes;
  private long ackWindow = WINDOW;
  private long bytesMeasured;
  private long phaseSinceNs; // since when publish is awaited, or a decision about it
  private long lastBytesNs;
  private long lastMediaNs;
  private Instant arrivedAt;

  public RtmpConnection(
      ConnectionPorts ports, ConnectionOutput out, InetAddress address, boolean overAddressLimit) {
    this.ports = ports;
    this.out = out;
    this.address = address;
    this.overAddressLimit = overAddressLimit;
    this.phaseSinceNs = ports.nanoClock().nanoTime();
    this.lastBytesNs = phaseSinceNs;
    this.lastMediaNs = phaseSinceNs;
    this.arrivedAt = ports.clock().instant();
  }

  /// Bytes arrived; their messages follow.
  public void onBytes(int count) {
    receivedBytes += count;
    lastBytesNs = ports.nanoClock().nanoTime();
    arrivedAt = ports.clock().instant();
  }

  /// All messages of the bytes that arrived were delivered.
  public void onBytesRead() {
    if (receivedBytes - acknowledgedBytes >= ackWindow && connected && !closing) {
      acknowledgedBytes = receivedBytes;
      out.send(new Acknowledgement(receivedBytes & 0xffff_ffffL));
    }
    out.flush();
  }

  /// Takes a message. Returns whether more may be delivered now.
  ///
  /// @throws MediaException when the peer breaks the protocol; the connection must close
  public boolean onMessage(RawMessage raw) {
    if (!closing) {
      accept(raw);
    }
    return !closing && !isAsking();
  }

  /// The time of the connection goes on; called about once a second.
  public void tick() {
    if (closing) {
      return;
    }
    long now = ports.nanoClock().nanoTime();
    PublishSession publishing = session;
    if (publishing != null) {
      measure(publishing);
      publishing.tick();
      if (now - lastMediaNs > ports.timeouts().silence().toNanos()) {
        lose(now);
      } else if (now - lastBytesNs > PING_AFTER.toNanos()) {
        out.send(new UserControl.PingRequest(now / 1_000_000 & 0xffff_ffffL));
        out.flush();
      }
    } else if (now - phaseSinceNs > ports.timeouts().publish().toNanos()) {
      if (isAsking()) {
        refuse(
            StatusCode.PUBLISH_FAILED,
            "key-check-timeout",
            "The server could not check the stream key in time, try again in a moment.");
      } else {
        refuse(
            StatusCode.CONNECT_CLOSED,
            "publish-timeout",
            "No publish within %d s.".formatted(ports.timeouts().publish().toSeconds()));
      }
    }
  }

  /// The peer broke the protocol or a limit: says so as far as it can be said, and closes.
  public void fail(MediaException cause) {
    refuse(
        publishStream == 0 ? StatusCode.CONNECT_REJECTED : StatusCode.PUBLISH_FAILED,
        cause.reason(),
        "Protocol error: %s.".formatted(cause.getMessage()));
  }

  /// The socket is gone.
  public void onClosed() {
    closing = true;
    endSession(EpochEnd.CONNECTION_LOST, new Release.Lost("The connection was lost."));
  }

  private void accept(RawMessage raw) {
    RtmpMessage message;
    try {
      message = RtmpMessageReader.read(raw);
    } catch (MediaException e) {
      if (isNeeded(raw.type())) {
        throw e;
      }
      drop(e.reason());
      return;
    }
    switch (message) {
      case AudioMessage audio -> onAudio(audio);
      case VideoMessage video -> onVideo(video);
      case DataMessage data -> onData(data);
      case AggregateMessage(var messages) -> messages.forEach(this::accept);
      case CommandMessage command -> onCommand(RtmpCommand.read(command));
      case UserControl.PingRequest(long timestamp) ->
          out.send(new UserControl.PingResponse(timestamp));
      case WindowAcknowledgementSize(long window) -> ackWindow = window == 0 ? WINDOW : window;
      case SetChunkSize _, AbortMessage _ -> {} // the chunk layer has obeyed
      case Acknowledgement _, SetPeerBandwidth _, UserControl _, IgnoredMessage _ -> {}
    }
  }

  /// Whether nothing makes sense any more after a broken message of that type.
  private static boolean isNeeded(int type) {
    return switch (type) {
      case 1, 2, 3, 5, 6, 17, 20 -> true;
      default -> false;
    };
  }

  private void onAudio(AudioMessage audio) {
    PublishSession publishing = session;
    if (publishing != null) {
      lastMediaNs = lastBytesNs;
      guarded(() -> publishing.audio(audio, arrivedAt));
    }
  }

  private void onVideo(VideoMessage video) {
    PublishSession publishing = session;
    if (publishing != null) {
      lastMediaNs = lastBytesNs;
      guarded(() -> publishing.video(video, arrivedAt));
    }
  }

  private void guarded(Runnable write) {
    try {
      write.run();
    } catch (WriterFencedException e) {
      refuse(
          StatusCode.PUBLISH_BAD_NAME,
          "taken-over",
          "Another encoder started to publish with this key at another server and took over.");
    }
  }

  private void onData(DataMessage data) {
    if (session != null) {
      session.data(data);
    }
  }

  private void drop(String reason) {
    if (session != null) {
      session.dropped(reason);
    } else {
      ports.metrics().dropped(reason);
    }
  }

  private void onCommand(RtmpCommand command) {
    double t = command.transaction();
    switch (command) {
      case NetConnectionCommand.Connect connect -> onConnect(connect);
      case NetConnectionCommand.CreateStream _ -> {
        if (streamsCreated == MESSAGE_STREAMS) {
          reply(
              t,
              CommandReplies.failed(
                  t,
                  StatusCode.CALL_FAILED,
                  "A connection has at most %d message streams.".formatted(MESSAGE_STREAMS)));
        } else {
          reply(t, CommandReplies.streamCreated(t, ++streamsCreated));
        }
      }
      case NetConnectionCommand.ReleaseStream _ -> reply(t, CommandReplies.done(t));
      case NetConnectionCommand.FcPublish _ -> {
        reply(t, CommandReplies.done(t));
        out.send(CommandReplies.publishAnnounced());
      }
      case NetConnectionCommand.FcUnpublish _ -> {
        reply(t, CommandReplies.done(t));
        sayGoodbye();
      }
      case NetConnectionCommand.DeleteStream(double _, int streamId) -> {
        if (streamId == publishStream || streamId == 0) {
          sayGoodbye();
        }
      }
      case NetStreamCommand.Publish publish -> onPublish(publish);
      case NetStreamCommand.CloseStream(double _, int streamId) -> {
        if (streamId == publishStream) {
          sayGoodbye();
        }
      }
      case NetStreamCommand.Play(double _, int streamId) -> onPlay(streamId);
      case OtherCommand other -> {
        if (!other.isAnswer()) {
          reply(
              t,
              CommandReplies.failed(
                  t, StatusCode.CALL_FAILED, "This server does not know that command."));
        }
      }
    }
  }

  private void reply(double transaction, RtmpMessage message) {
    if (transaction != 0) {
      out.send(message);
    }
  }

  private void onConnect(NetConnectionCommand.Connect connect) {
    if (overAddressLimit) {
      ports.metrics().refused("rtmp-connections-per-address");
      out.send(
          CommandReplies.failed(
              connect.transaction(),
              StatusCode.CONNECT_REJECTED,
              "%d connections from this address are open already; close some of them."
                  .formatted(ports.limits().connectionsPerAddress())));
      close();
      return;
    }
    connected = true;
    app = connect.app();
    encoder = connect.flashVersion();
    phaseSinceNs = ports.nanoClock().nanoTime();
    out.send(new WindowAcknowledgementSize(WINDOW));
    out.send(new SetPeerBandwidth(WINDOW, DYNAMIC_LIMIT));
    out.send(new SetChunkSize(CHUNK_SIZE));
    out.send(new UserControl.StreamBegin(0));
    out.send(CommandReplies.connected(connect.transaction(), connect.enhanced()));
  }

  private void onPlay(int streamId) {
    ports.metrics().refused("play");
    out.send(
        CommandReplies.onStatus(
            streamId,
            StatusCode.PLAY_FAILED,
            "RTMP is for publishing here; watch over HLS at /watch/CHANNEL on this server's HTTP"
                + " port."));
    close();
  }

  private void onPublish(NetStreamCommand.Publish publish) {
    if (publishStream != 0) {
      out.send(
          CommandReplies.onStatus(
              publish.streamId(),
              StatusCode.PUBLISH_BAD_NAME,
              "This connection is publishing already; one connection carries one broadcast."));
      return;
    }
    publishStream = Math.max(1, publish.streamId());
    if (!connected) {
      refuse(StatusCode.PUBLISH_REJECTED, "publish-before-connect", "Publish came before connect.");
      return;
    }
    Optional<StreamKey> key = StreamKey.of(publish.name(), app);
    if (key.isEmpty()) {
      refuse(
          StatusCode.PUBLISH_DENIED,
          "missing-key",
          "The stream key is missing; put it into the encoder's stream key field.");
    } else if (!ports.addresses().mayTry(address)) {
      refuse(
          StatusCode.PUBLISH_DENIED,
          "too-many-publish-failures",
          "Too many refused stream keys from this address; wait a minute and try again.");
    } else {
      ask(new PublishRequest(key.get(), app, address.getHostAddress()));
    }
  }

  private void ask(PublishRequest request) {
    phaseSinceNs = ports.nanoClock().nanoTime();
    out.pause();
    int asking = publishStream;
    ports
        .authorizer()
        .authorize(request)
        .whenCompleteAsync(
            (decision, failure) -> {
              if (!closing && publishStream == asking && isAsking()) {
                if (failure != null) {
                  log.atWarn().setCause(failure).log("stream key could not be checked");
                  refuse(
                      StatusCode.PUBLISH_FAILED,
                      "key-check-failed",
                      "The server could not check the stream key, try again in a moment.");
                } else {
                  onDecision(decision);
                }
                out.flush();
              }
            },
            out);
  }

  private void onDecision(PublishDecision decision) {
    switch (decision) {
      case PublishDecision.Accepted(ChannelSlug channel) ->
          ports.streams().open(new Applicant(channel));
      case PublishDecision.Refused(String reason, String sentence) -> {
        ports.addresses().failed(address);
        refuse(StatusCode.PUBLISH_DENIED, reason, sentence);
      }
    }
  }

  /// Whether publish was asked for and not answered.
  private boolean isAsking() {
    return publishStream != 0 && session == null;
  }

  private void onGranted(StreamGrant granted) {
    if (closing) {
      granted.release(new Release.Lost("The connection was lost."));
      return;
    }
    grant = granted;
    session = new PublishSession(granted, ports.limits());
    lastMediaNs = ports.nanoClock().nanoTime();
    out.allowMedia();
    out.send(new UserControl.StreamBegin(publishStream));
    out.send(
        CommandReplies.onStatus(
            publishStream, StatusCode.PUBLISH_START, "Publishing. Welcome to Nova."));
    out.flush();
    out.resume();
  }

  private void onSurrender(EpochEnd end, String reason, String sentence) {
    if (session == null) {
      return; // it was given back already
    }
    boolean finished = end == EpochEnd.FINISHED;
    endSession(end, finished ? new Release.Finished(sentence) : new Release.Lost(sentence));
    refuse(finished ? StatusCode.UNPUBLISH_SUCCESS : StatusCode.PUBLISH_BAD_NAME, reason, sentence);
  }

  /// The encoder ends its broadcast; the connection may start another.
  private void sayGoodbye() {
    if (session != null) {
      endSession(EpochEnd.FINISHED, new Release.Finished("The broadcaster ended the stream."));
      out.send(CommandReplies.onStatus(publishStream, StatusCode.UNPUBLISH_SUCCESS, "Goodbye."));
      publishStream = 0;
      phaseSinceNs = ports.nanoClock().nanoTime();
    }
  }

  private void lose(long nowNs) {
    long seconds = ports.timeouts().silence().toSeconds();
    String sentence =
        nowNs - lastBytesNs > PING_AFTER.toNanos()
            ? "Nothing arrived for %d s, pings were not answered.".formatted(seconds)
            : "No media arrived for %d s.".formatted(seconds);
    endSession(EpochEnd.CONNECTION_LOST, new Release.Lost(sentence));
    refuse(StatusCode.PUBLISH_FAILED, "silence", sentence);
  }

  private void endSession(EpochEnd end, Release release) {
    PublishSession ending = session;
    StreamGrant held = grant;
    session = null;
    grant = null;
    if (ending != null && held != null) {
      measure(ending);
      ending.end(end, release);
    }
  }

  private void measure(PublishSession publishing) {
    publishing.received(receivedBytes - bytesMeasured);
    bytesMeasured = receivedBytes;
  }

  private void refuse(StatusCode code, String reason, String sentence) {
    if (closing) {
      return;
    }
    ports.metrics().refused(reason);
    log.atInfo()
        .addKeyValue("remote", address.getHostAddress())
        .addKeyValue("reason", reason)
        .log("connection refused: {}", sentence);
    int stream = Math.max(1, publishStream);
    if (connected) {
      out.send(CommandReplies.onStatus(stream, code, sentence));
    } else {
      out.send(CommandReplies.failed(1, StatusCode.CONNECT_REJECTED, sentence));
    }
    close();
  }

  private void close() {
    closing = true;
    endSession(EpochEnd.CONNECTION_LOST, new Release.Lost("The connection was closed."));
    out.closeGently();
  }

  /// This connection as the streams see it.
  private final class Applicant implements Publisher {
    private final ChannelSlug channel;

    Applicant(ChannelSlug channel) {
      this.channel = channel;
    }

    @Override
    public ChannelSlug channel() {
      return channel;
    }

    @Override
    public String remoteAddress() {
      return address.getHostAddress();
    }

    @Override
    public String encoder() {
      return encoder;
    }

    @Override
    public void granted(StreamGrant granted) {
      out.execute(() -> onGranted(granted));
    }

    @Override
    public void refused(String reason, String sentence) {
      out.execute(
          () -> {
            if (!closing) {
              refuse(StatusCode.PUBLISH_BAD_NAME, reason, sentence);
              out.flush();
            }
          });
    }

    @Override
    public void surrender(EpochEnd end, String reason, String sentence) {
      out.execute(
          () -> {
            onSurrender(end, reason, sentence);
            out.flush();
          });
    }
  }
}
