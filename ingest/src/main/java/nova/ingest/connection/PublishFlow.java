package nova.ingest.connection;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogUnavailableException;
import nova.framelog.WriterFencedException;
import nova.ingest.command.CommandReplies;
import nova.ingest.command.NetStreamCommand;
import nova.ingest.command.StatusCode;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.DataMessage;
import nova.ingest.message.UserControl;
import nova.ingest.message.VideoMessage;
import nova.ingest.publish.PublishDecision;
import nova.ingest.publish.PublishRequest;
import nova.ingest.publish.PublishSession;
import nova.ingest.publish.Publisher;
import nova.ingest.publish.StreamGrant;
import nova.ingest.publish.StreamGrant.Release;
import nova.ingest.publish.StreamKey;
import nova.ingest.publish.StreamSentences;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The broadcast of one connection: from the publish command, over the key and the stream that are
/// asked for, to the session and its end.
///
/// While something is asked for, the peer is not read, so media that it sends without waiting is
/// neither lost nor held.
///
/// Spec: RTMP 1.0 §7.2.2.6, §7.3.1. *Confined to its connection's thread.*
final class PublishFlow {
  private static final Logger log = LoggerFactory.getLogger(PublishFlow.class);
  private static final Duration PING_AFTER = Duration.ofSeconds(4);
  private static final Duration PLAYABLE_WITHIN = Duration.ofSeconds(30);
  private static final String LOST = "The connection was lost.";

  /// Tells the peer why, and closes.
  @FunctionalInterface
  interface Refusal {
    void refuse(StatusCode code, String reason, String sentence);
  }

  /// Who is at the other end.
  ///
  /// @param encoder what it calls itself; may be empty
  /// @param reconnects whether it connects anew when it is asked to
  record Client(String encoder, boolean reconnects) {}

  private final ConnectionPorts ports;
  private final ConnectionOutput out;
  private final InetAddress address;
  private final Traffic traffic;
  private final Refusal refusal;

  private boolean closed;
  private int messageStream; // of the publish under way, 0 when there is none
  private long waitingSinceNs; // for publish, or for a decision about it
  private long bytesMeasured;
  private long grantedNs;
  private @Nullable PublishSession session;

  PublishFlow(
      ConnectionPorts ports,
      ConnectionOutput out,
      InetAddress address,
      Traffic traffic,
      Refusal refusal) {
    this.ports = ports;
    this.out = out;
    this.address = address;
    this.traffic = traffic;
    this.refusal = refusal;
    this.waitingSinceNs = ports.nanoClock().nanoTime();
  }

  /// The message stream for words about the broadcast.
  int messageStream() {
    return Math.max(1, messageStream);
  }

  /// Whether publish was asked for and not answered yet.
  boolean isAsking() {
    return messageStream != 0 && session == null;
  }

  boolean isPublishing() {
    return session != null;
  }

  boolean isOn(int stream) {
    return stream == messageStream;
  }

  void publish(NetStreamCommand.Publish publish, String app, Client client) {
    if (messageStream != 0) {
      out.send(
          CommandReplies.onStatus(
              publish.streamId(),
              StatusCode.PUBLISH_BAD_NAME,
              "This connection is publishing already; one connection carries one broadcast."));
      return;
    }
    messageStream = Math.max(1, publish.streamId());
    Optional<StreamKey> key = StreamKey.of(publish.name(), app);
    if (key.isEmpty()) {
      refusal.refuse(
          StatusCode.PUBLISH_DENIED,
          "missing-key",
          "The stream key is missing or longer than %d characters; put it into the encoder's stream key field."
              .formatted(StreamKey.MAX_LENGTH));
    } else if (!ports.addresses().mayTry(address)) {
      refusal.refuse(
          StatusCode.PUBLISH_DENIED,
          "too-many-publish-failures",
          "Too many refused stream keys from this address; wait a minute and try again.");
    } else {
      ask(new PublishRequest(key.get(), app, address.getHostAddress()), client);
    }
  }

  private void ask(PublishRequest request, Client client) {
    waitingSinceNs = ports.nanoClock().nanoTime();
    out.pause();
    ports
        .authorizer()
        .authorize(request)
        .whenCompleteAsync(
            (decision, failure) -> {
              if (!closed) {
                onAnswer(decision, failure, client);
                out.flush();
              }
            },
            out);
  }

  private void onAnswer(
      @Nullable PublishDecision decision, @Nullable Throwable failure, Client client) {
    switch (decision) {
      case PublishDecision.Accepted accepted ->
          ports.streams().open(new Applicant(accepted, client));
      case PublishDecision.Refused(String reason, String sentence) -> {
        ports.addresses().failed(address);
        refusal.refuse(StatusCode.PUBLISH_DENIED, reason, sentence);
      }
      case PublishDecision.Unavailable(String reason, String sentence) ->
          refusal.refuse(StatusCode.PUBLISH_FAILED, reason, sentence);
      case null -> {
        log.atWarn().setCause(failure).log("stream key could not be checked");
        refusal.refuse(
            StatusCode.PUBLISH_FAILED,
            "key-check-failed",
            "The server could not check the stream key, try again in a moment.");
      }
    }
  }

  private void onGranted(StreamGrant granted) {
    if (closed) {
      granted.release(new Release.Lost(LOST));
      return;
    }
    session = new PublishSession(granted, ports.limits());
    grantedNs = ports.nanoClock().nanoTime();
    bytesMeasured = traffic.receivedBytes();
    traffic.awaitMedia();
    out.allowMedia();
    out.send(new UserControl.StreamBegin(messageStream));
    out.send(
        CommandReplies.onStatus(
            messageStream, StatusCode.PUBLISH_START, "Publishing. Welcome to Nova."));
    out.flush();
    out.resume();
  }

  void audio(AudioMessage audio) {
    PublishSession publishing = session;
    if (publishing != null) {
      traffic.isMedia();
      try {
        publishing.audio(audio, traffic.arrivedAt());
      } catch (WriterFencedException e) {
        onFenced(e);
      } catch (LogUnavailableException e) {
        onUnavailable(e);
      }
    }
  }

  void video(VideoMessage video) {
    PublishSession publishing = session;
    if (publishing != null) {
      traffic.isMedia();
      try {
        publishing.video(video, traffic.arrivedAt());
      } catch (WriterFencedException e) {
        onFenced(e);
      } catch (LogUnavailableException e) {
        onUnavailable(e);
      }
    }
  }

  private void onFenced(WriterFencedException fenced) {
    if (fenced.isRemoved()) {
      onSurrender(
          EpochEnd.CONNECTION_LOST, new Release.Failed(StreamSentences.FAILED), "stream-failed");
      return;
    }
    onSurrender(
        EpochEnd.TAKEN_OVER,
        new Release.TakenElsewhere(StreamSentences.TAKEN_ELSEWHERE),
        "taken-over");
  }

  /// The stream waits for the broadcaster, who may return to a log that is opened anew.
  private void onUnavailable(LogUnavailableException failure) {
    refusal.refuse(StatusCode.PUBLISH_FAILED, "log-unavailable", failure.sentence());
  }

  void data(DataMessage data) {
    if (session != null) {
      session.data(data);
    }
  }

  /// A message could not be read.
  void dropped(String reason) {
    if (session != null) {
      session.dropped(reason);
    } else {
      ports.metrics().dropped(reason);
    }
  }

  /// The encoder ends its broadcast; the connection may start another.
  void sayGoodbye() {
    if (session != null) {
      end(EpochEnd.FINISHED, new Release.Finished("The broadcaster ended the stream."));
      out.send(CommandReplies.onStatus(messageStream, StatusCode.UNPUBLISH_SUCCESS, "Goodbye."));
      messageStream = 0;
      waitingSinceNs = ports.nanoClock().nanoTime();
    }
  }

  /// Connect was answered; publish is awaited from now on.
  void awaitPublish() {
    waitingSinceNs = ports.nanoClock().nanoTime();
  }

  void tick() {
    PublishSession publishing = session;
    if (publishing == null) {
      tickWaiting();
      return;
    }
    measure(publishing);
    publishing.tick();
    if (traffic.mediaSilenceNs() > ports.timeouts().silence().toNanos()) {
      lose();
    } else if (isUnplayable(publishing)) {
      refusal.refuse(StatusCode.PUBLISH_FAILED, "nothing-playable", publishing.obstacle());
    } else if (isQuiet()) {
      out.send(
          new UserControl.PingRequest(ports.nanoClock().nanoTime() / 1_000_000 & 0xffff_ffffL));
      out.flush();
    }
  }

  private void tickWaiting() {
    Duration patience = ports.timeouts().publish();
    if (ports.nanoClock().nanoTime() - waitingSinceNs <= patience.toNanos()) {
      return;
    }
    if (isAsking()) {
      refusal.refuse(
          StatusCode.PUBLISH_FAILED,
          "key-check-timeout",
          "The server could not check the stream key in time, try again in a moment.");
    } else {
      refusal.refuse(
          StatusCode.CONNECT_CLOSED,
          "publish-timeout",
          "No publish within %d s.".formatted(patience.toSeconds()));
    }
  }

  /// Media arrives, but none that could be shown. An encoder joined in the middle of a long group
  /// of pictures is given time; one whose tracks are all of other kinds is not.
  private boolean isUnplayable(PublishSession publishing) {
    return !publishing.hasBegun()
        && (publishing.isRefusedWholly()
            || ports.nanoClock().nanoTime() - grantedNs > PLAYABLE_WITHIN.toNanos());
  }

  private boolean isQuiet() {
    return traffic.bytesSilenceNs() > PING_AFTER.toNanos();
  }

  private void lose() {
    long seconds = ports.timeouts().silence().toSeconds();
    String sentence =
        isQuiet()
            ? "Nothing arrived for %d s, pings were not answered.".formatted(seconds)
            : "No media arrived for %d s.".formatted(seconds);
    end(EpochEnd.CONNECTION_LOST, new Release.Lost(sentence));
    refusal.refuse(StatusCode.PUBLISH_FAILED, "silence", sentence);
  }

  private void onSurrender(EpochEnd end, Release how, String reason) {
    if (session == null) {
      return; // it was given back already
    }
    end(end, how);
    StatusCode code =
        switch (how) {
          case Release.Finished _ -> StatusCode.UNPUBLISH_SUCCESS;
          case Release.Lost _, Release.TakenElsewhere _ -> StatusCode.PUBLISH_BAD_NAME;
          case Release.Failed _, Release.HandedOver _ -> StatusCode.PUBLISH_FAILED;
        };
    refusal.refuse(code, reason, how.reason());
  }

  /// The connection is closing; what was under way is lost.
  void close(String reason) {
    closed = true;
    end(EpochEnd.CONNECTION_LOST, new Release.Lost(reason));
  }

  private void end(EpochEnd end, Release release) {
    PublishSession ending = session;
    session = null;
    if (ending != null) {
      measure(ending);
      ending.end(end, release);
    }
  }

  private void measure(PublishSession publishing) {
    publishing.received(traffic.receivedBytes() - bytesMeasured);
    bytesMeasured = traffic.receivedBytes();
  }

  /// This connection as the streams see it.
  private final class Applicant implements Publisher {
    private final PublishDecision.Accepted accepted;
    private final Client client;

    Applicant(PublishDecision.Accepted accepted, Client client) {
      this.accepted = accepted;
      this.client = client;
    }

    @Override
    public ChannelSlug channel() {
      return accepted.channel();
    }

    @Override
    public Optional<StreamKeyId> key() {
      return accepted.key();
    }

    @Override
    public Optional<StreamId> prepared() {
      return accepted.prepared();
    }

    @Override
    public String remoteAddress() {
      return address.getHostAddress();
    }

    @Override
    public String encoder() {
      return client.encoder();
    }

    @Override
    public void granted(StreamGrant granted) {
      out.execute(() -> onGranted(granted));
    }

    @Override
    public void refused(String reason, String sentence) {
      refuse(StatusCode.PUBLISH_BAD_NAME, reason, sentence);
    }

    @Override
    public void failed(String reason, String sentence) {
      refuse(StatusCode.PUBLISH_FAILED, reason, sentence);
    }

    private void refuse(StatusCode code, String reason, String sentence) {
      out.execute(
          () -> {
            if (!closed) {
              refusal.refuse(code, reason, sentence);
              out.flush();
            }
          });
    }

    @Override
    public void moveOn(String sentence) {
      out.execute(
          () -> {
            if (session != null && client.reconnects()) {
              out.send(CommandReplies.reconnect(sentence));
            } else {
              onSurrender(
                  EpochEnd.CONNECTION_LOST, new Release.HandedOver(sentence), "shutting-down");
            }
            out.flush();
          });
    }

    @Override
    public void surrender(EpochEnd end, Release how, String reason) {
      out.execute(
          () -> {
            onSurrender(end, how, reason);
            out.flush();
          });
    }
  }
}
