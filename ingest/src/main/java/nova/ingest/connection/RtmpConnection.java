package nova.ingest.connection;

import java.net.InetAddress;
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
import nova.media.LimitExceededException;
import nova.media.MediaException;

/// One RTMP connection after its handshake: answers commands, and passes the broadcast on to its
/// [PublishFlow].
///
/// ```
/// connect ─▶ createStream ─▶ publish ─▶ media ─▶ goodbye ─▶ publish …
/// ```
///
/// Spec: RTMP 1.0 §7.2, §7.3.1. *Confined to its connection's thread.*
public final class RtmpConnection {
  private static final int CHUNK_SIZE = 4_096;
  private static final int DYNAMIC_LIMIT = 2;
  private static final int MESSAGE_STREAMS = 64;

  private final ConnectionPorts ports;
  private final ConnectionOutput out;
  private final InetAddress address;
  private final boolean overAddressLimit;
  private final Traffic traffic;
  private final PublishFlow broadcast;

  private boolean connected;
  private boolean closing;
  private String app = "";
  private String encoder = "";
  private boolean reconnects;
  private int streamsCreated;

  public RtmpConnection(
      ConnectionPorts ports, ConnectionOutput out, InetAddress address, boolean overAddressLimit) {
    this.ports = ports;
    this.out = out;
    this.address = address;
    this.overAddressLimit = overAddressLimit;
    this.traffic = new Traffic(ports.clock(), ports.nanoClock());
    this.broadcast = new PublishFlow(ports, out, address, traffic, this::refuse);
  }

  /// Bytes arrived; their messages follow.
  public void onBytes(int count) {
    traffic.arrived(count);
  }

  /// All messages of the bytes that arrived were delivered.
  public void onBytesRead() {
    if (connected && !closing) {
      traffic.takeAcknowledgement().ifPresent(received -> out.send(new Acknowledgement(received)));
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
    return !closing && !broadcast.isAsking();
  }

  /// The time of the connection goes on; called about once a second.
  public void tick() {
    if (closing) {
      return;
    }
    try {
      broadcast.tick();
    } catch (LimitExceededException e) {
      fail(e);
    }
  }

  /// The peer broke the protocol or a limit: says so as far as it can be said, and closes.
  public void fail(MediaException cause) {
    refuse(
        broadcast.isPublishing() ? StatusCode.PUBLISH_FAILED : StatusCode.CONNECT_REJECTED,
        cause.reason(),
        "%s: %s."
            .formatted(
                cause instanceof LimitExceededException ? "Limit exceeded" : "Protocol error",
                cause.getMessage()));
  }

  /// The socket is gone.
  public void onClosed() {
    closing = true;
    broadcast.close("The connection was lost.");
  }

  private void accept(RawMessage raw) {
    RtmpMessage message;
    try {
      message = RtmpMessageReader.read(raw);
    } catch (MediaException e) {
      if (isNeeded(raw.type())) {
        throw e;
      }
      broadcast.dropped(e.reason());
      return;
    }
    switch (message) {
      case AudioMessage audio -> broadcast.audio(audio);
      case VideoMessage video -> broadcast.video(video);
      case DataMessage data -> broadcast.data(data);
      case AggregateMessage(var messages) -> messages.forEach(this::accept);
      case CommandMessage command -> onCommand(RtmpCommand.read(command));
      case UserControl.PingRequest(long timestamp) ->
          out.send(new UserControl.PingResponse(timestamp));
      case WindowAcknowledgementSize(long window) -> traffic.windowIs(window);
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

  private void onCommand(RtmpCommand command) {
    double t = command.transaction();
    switch (command) {
      case NetConnectionCommand.Connect connect -> onConnect(connect);
      case NetConnectionCommand.CreateStream _ -> onCreateStream(t);
      case NetConnectionCommand.ReleaseStream _ -> reply(t, CommandReplies.done(t));
      case NetConnectionCommand.FcPublish _ -> {
        reply(t, CommandReplies.done(t));
        out.send(CommandReplies.publishAnnounced());
      }
      case NetConnectionCommand.FcUnpublish _ -> {
        reply(t, CommandReplies.done(t));
        broadcast.sayGoodbye();
      }
      case NetConnectionCommand.DeleteStream(double _, int stream) -> {
        if (broadcast.isOn(stream) || stream == 0) {
          broadcast.sayGoodbye();
        }
      }
      case NetStreamCommand.CloseStream(double _, int stream) -> {
        if (broadcast.isOn(stream)) {
          broadcast.sayGoodbye();
        }
      }
      case NetStreamCommand.Publish publish -> onPublish(publish);
      case NetStreamCommand.Play(double _, int stream) -> onPlay(stream);
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
      refuse(
          StatusCode.CONNECT_REJECTED,
          "rtmp-connections-per-address",
          "%d connections from this address are open already; close some of them."
              .formatted(ports.limits().connectionsPerAddress()));
      return;
    }
    if (!connected) {
      broadcast.awaitPublish(); // once: connecting again buys no more time
    }
    connected = true;
    app = connect.app();
    encoder = connect.flashVersion();
    reconnects = connect.reconnects();
    out.send(new WindowAcknowledgementSize(Traffic.WINDOW));
    out.send(new SetPeerBandwidth(Traffic.WINDOW, DYNAMIC_LIMIT));
    out.send(new SetChunkSize(CHUNK_SIZE));
    out.send(new UserControl.StreamBegin(0));
    out.send(CommandReplies.connected(connect.transaction(), connect.enhanced()));
  }

  private void onCreateStream(double transaction) {
    if (streamsCreated == MESSAGE_STREAMS) {
      reply(
          transaction,
          CommandReplies.failed(
              transaction,
              StatusCode.CALL_FAILED,
              "A connection has at most %d message streams.".formatted(MESSAGE_STREAMS)));
    } else {
      reply(transaction, CommandReplies.streamCreated(transaction, ++streamsCreated));
    }
  }

  private void onPublish(NetStreamCommand.Publish publish) {
    if (connected) {
      broadcast.publish(publish, app, new PublishFlow.Client(encoder, reconnects));
    } else {
      refuse(StatusCode.PUBLISH_REJECTED, "publish-before-connect", "Publish came before connect.");
    }
  }

  private void onPlay(int stream) {
    ports.refused("play", address, "The connection asked to play.");
    out.send(
        CommandReplies.onStatus(
            stream,
            StatusCode.PLAY_FAILED,
            "RTMP is for publishing here; watch over HLS at /watch/CHANNEL on this server's HTTP"
                + " port."));
    close("The connection asked to play.");
  }

  private void refuse(StatusCode code, String reason, String sentence) {
    if (closing) {
      return;
    }
    ports.refused(reason, address, sentence);
    if (connected) {
      out.send(CommandReplies.onStatus(broadcast.messageStream(), code, sentence));
    } else {
      out.send(CommandReplies.failed(1, StatusCode.CONNECT_REJECTED, sentence));
    }
    close(sentence);
  }

  private void close(String sentence) {
    closing = true;
    broadcast.close(sentence);
    out.closeGently();
  }
}
