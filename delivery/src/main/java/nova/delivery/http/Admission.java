package nova.delivery.http;

import io.vertx.core.http.HttpHeaders;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.delivery.CachePolicy;
import nova.delivery.DeliveryMetrics;
import nova.delivery.DeliveryPorts;
import nova.delivery.HlsPath;
import nova.delivery.PlaybackGate;
import nova.delivery.PlaybackGate.Audience;
import nova.delivery.PlaybackGate.Verdict;
import nova.delivery.Refusal;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import org.jspecify.annotations.Nullable;

/// Lets those requests through whose senders may watch what they ask for: everything of a channel
/// that is for everybody, and of one for token holders what comes with a token, before the path or
/// in an `Authorization` header.
///
/// Spec: RFC 6750 §2.1, §3. *Thread-safe.*
final class Admission {
  private static final String SCHEME = "Bearer ";

  private final TimelineStore timelines;
  private final PlaybackGate gate;
  private final DeliveryMetrics metrics;
  private final Faults faults;

  Admission(DeliveryPorts ports, Faults faults) {
    this.timelines = ports.timelines();
    this.gate = ports.gate();
    this.metrics = ports.metrics();
    this.faults = faults;
  }

  /// A playlist is wanted, of a stream or of what a channel shows.
  ///
  /// @param prefixSecret the token before the path, null when there is none
  void toPlaylist(Reply reply, HlsPath path, @Nullable String prefixSecret, Runnable answer) {
    Optional<ChannelSlug> channel = byId(path.stream()).map(TimelineSnapshot::channel);
    if (channel.isPresent()) {
      admit(reply, channel.get(), prefixSecret, answer);
      return;
    }
    ChannelSlug named = new ChannelSlug(path.stream());
    // Whether a channel for token holders is live is theirs to know, so they are asked first.
    if (gate.audienceOf(named) == Audience.TOKEN_HOLDERS
        || timelines.findLatest(named).isPresent()) {
      admit(reply, named, prefixSecret, answer);
    } else {
      answer.run(); // there is nothing of that name
    }
  }

  /// Media is wanted.
  ///
  /// @param prefixSecret the token before the path, null when there is none
  /// @param notThere answers when it is not known whose stream that is
  void toMedia(
      Reply reply,
      StreamId stream,
      @Nullable String prefixSecret,
      Runnable answer,
      Runnable notThere) {
    Optional<TimelineSnapshot> snapshot = timelines.find(stream);
    if (snapshot.isPresent()) {
      admit(reply, snapshot.get().channel(), prefixSecret, answer);
    } else {
      notThere.run();
    }
  }

  private Optional<TimelineSnapshot> byId(String name) {
    return StreamId.isValid(name) ? timelines.find(new StreamId(name)) : Optional.empty();
  }

  private void admit(
      Reply reply, ChannelSlug channel, @Nullable String prefixSecret, Runnable answer) {
    switch (gate.audienceOf(channel)) {
      case EVERYBODY -> answer.run();
      case NOBODY ->
          reply.error(
              404,
              "No stream or channel of this name is live.",
              CachePolicy.playlistError(false, CachePolicy.UNKNOWN_TARGET_DURATION));
      case TOKEN_HOLDERS -> {
        if (prefixSecret == null) {
          reply.keepPrivate();
        }
        String secret =
            prefixSecret == null
                ? bearer(reply.request().getHeader(HttpHeaders.AUTHORIZATION))
                : prefixSecret;
        if (secret == null) {
          refuse(reply, Refusal.NEEDS_TOKEN);
        } else {
          judge(reply, channel, secret, answer);
        }
      }
    }
  }

  private void judge(Reply reply, ChannelSlug channel, String secret, Runnable answer) {
    String address = reply.request().remoteAddress().hostAddress();
    CompletableFuture<Verdict> verdict = gate.judge(channel, secret, address).toCompletableFuture();
    if (verdict.isDone()) {
      decide(reply, verdict.join(), answer);
      return;
    }
    var _ =
        verdict.whenComplete(
            (_, _) ->
                reply
                    .loop()
                    .executor()
                    .execute(() -> faults.guard(reply, () -> later(reply, verdict, answer))));
  }

  private void later(Reply reply, CompletableFuture<Verdict> verdict, Runnable answer) {
    if (!reply.isOver()) { // or a client that has gone would be held
      decide(reply, verdict.join(), answer);
    }
  }

  private void decide(Reply reply, Verdict verdict, Runnable answer) {
    switch (verdict) {
      case MAY_WATCH -> answer.run();
      case NOT_ALLOWED -> refuse(reply, Refusal.TOKEN_NOT_ALLOWED);
      case TOO_MANY_WRONG -> refuse(reply, Refusal.TOO_MANY_WRONG_TOKENS);
      case UNAVAILABLE -> refuse(reply, Refusal.TOKEN_NOT_JUDGED);
    }
  }

  private void refuse(Reply reply, Refusal refusal) {
    metrics.refused(refusal);
    Refusals.answer(reply, refusal);
  }

  /// The token of an `Authorization` header, null when there is none.
  private static @Nullable String bearer(@Nullable String header) {
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    String secret = header.substring(SCHEME.length()).strip();
    return secret.isEmpty() ? null : secret;
  }
}
