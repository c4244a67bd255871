package nova.ingest.publish;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.ingest.publish.ChannelClaims.Listener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the other ingest nodes for channels: one question per channel at a time. Keeps who wants
/// the channel until there is an answer, and adopts what nodes that are gone leave behind.
///
/// *Confined to the thread of the streams.*
final class ClaimDesk {
  private static final Logger log = LoggerFactory.getLogger(ClaimDesk.class);

  private static final Duration ADOPT_EVERY = Duration.ofSeconds(1);
  private static final int ADOPTED_AT_ONCE = 100;

  /// What answers lead to. Called on the thread of the streams.
  interface Answers {
    /// Whether the channel's stream is here.
    boolean has(ChannelSlug channel);

    /// The publisher has the channel, and a stream begins.
    LiveStream begin(ChannelClaim claim, Publisher publisher);

    /// A stream of another node goes on here.
    ///
    /// @param publisher null when its broadcaster is awaited
    LiveStream goOn(ChannelClaim claim, ClaimedStream stream, @Nullable Publisher publisher);

    /// The publisher must ask anew.
    void again(Publisher publisher);

    /// A publisher elsewhere wants the stream.
    void asked(LiveStream stream, String remoteAddress);

    /// Another node has the channel.
    void lost(LiveStream stream, boolean sameStream);
  }

  private final ChannelClaims claims;
  private final ReturnPolicy policy;
  private final InstantSource clock;
  private final SerialScheduler thread;
  private final PreparedIds ids;
  private final Answers answers;
  private final Map<ChannelSlug, Question> questions = new HashMap<>();
  private final Map<ChannelSlug, ChannelClaim> unended = new HashMap<>(); // nobody could be told
  private final Map<Long, CompletableFuture<Void>> lastWords = new HashMap<>();
  private long spokenWords;
  private boolean stopped;

  ClaimDesk(
      ChannelClaims claims,
      ReturnPolicy policy,
      InstantSource clock,
      SerialScheduler thread,
      PreparedIds ids,
      Answers answers) {
    this.claims = claims;
    this.policy = policy;
    this.clock = clock;
    this.thread = thread;
    this.ids = ids;
    this.answers = answers;
  }

  boolean isShared() {
    return claims.isShared();
  }

  /// Whether it is being asked for a channel.
  boolean isAsking() {
    return !questions.isEmpty();
  }

  /// Runs a task when all questions of now are answered.
  void whenAnswered(Runnable task) {
    CompletableFuture<Void> _ =
        CompletableFuture.allOf(
                questions.values().stream()
                    .map(question -> question.answered)
                    .toArray(CompletableFuture<?>[]::new))
            .thenRun(task);
  }

  /// Gets a publisher its channel, which is not here.
  void claim(Publisher publisher) {
    ChannelSlug channel = publisher.channel();
    Question open = questions.get(channel);
    if (open != null) {
      open.refuse("taken-over", StreamSentences.CAME_AFTER);
      open.publisher = publisher;
      return;
    }
    StreamId fresh = ids.idFor(publisher);
    Question question = new Question(publisher);
    questions.put(channel, question);
    ClaimRequest request =
        new ClaimRequest(
            channel,
            fresh,
            clock.instant(),
            publisher.key(),
            publisher.remoteAddress(),
            policy.takeoversPerMinute());
    CompletionStage<ClaimAnswer> _ =
        freed(channel)
            .thenCompose(_ -> claims.claim(request, question.watch))
            .whenComplete(
                (answer, failure) ->
                    thread.execute(() -> onAnswer(question, publisher, fresh, answer, failure)));
  }

  private CompletionStage<Void> freed(ChannelSlug channel) {
    ChannelClaim before = unended.get(channel);
    return before == null
        ? CompletableFuture.completedStage(null)
        : before.end().thenRun(() -> thread.execute(() -> unended.remove(channel, before)));
  }

  private void onAnswer(
      Question question,
      Publisher asker,
      StreamId fresh,
      @Nullable ClaimAnswer answer,
      @Nullable Throwable failure) {
    questions.remove(asker.channel());
    Publisher publisher = question.publisher;
    switch (answer) {
      case ClaimAnswer.Granted(ChannelClaim claim) when publisher == null -> {
        ids.unused(fresh);
        end(claim);
      }
      case ClaimAnswer.Granted(ChannelClaim claim) ->
          question.watch.is(answers.begin(claim, publisher));
      case ClaimAnswer.Continued(ChannelClaim claim, ClaimedStream stream) -> {
        ids.unused(fresh);
        goOn(question, claim, stream);
      }
      case ClaimAnswer.TooManyTakeovers() ->
          refused(
              question,
              asker,
              fresh,
              "too-many-takeovers",
              StreamSentences.tooManyTakeovers(policy.takeoversPerMinute()));
      case ClaimAnswer.Superseded() ->
          refused(question, asker, fresh, "taken-over", StreamSentences.CAME_AFTER);
      case null -> {
        ids.unused(fresh);
        log.atDebug()
            .addKeyValue("channel", asker.channel())
            .setCause(failure)
            .log("channel not claimed");
        if (publisher != null) {
          publisher.failed("claims-unavailable", StreamSentences.UNCLAIMED);
        }
      }
    }
    question.answered.complete(null);
  }

  private void refused(
      Question question, Publisher asker, StreamId fresh, String reason, String sentence) {
    ids.unused(fresh);
    Publisher publisher = question.publisher;
    if (asker.equals(publisher)) {
      asker.refused(reason, sentence);
    } else if (publisher != null) {
      answers.again(publisher); // the answer was not about it
    }
  }

  private void goOn(Question question, ChannelClaim claim, ClaimedStream stream) {
    if (stopped) {
      handOver(claim);
    } else {
      question.watch.is(answers.goOn(claim, stream, question.publisher));
    }
  }

  /// Refuses those with that key who wait for an answer.
  void dismiss(StreamKeyId key, String sentence) {
    for (Question question : questions.values()) {
      Publisher publisher = question.publisher;
      if (publisher != null && publisher.key().equals(Optional.of(key))) {
        question.refuse("stream-stopped", sentence);
      }
    }
  }

  /// Adopts streams of nodes that are gone, from now on.
  void adopt() {
    if (stopped || !claims.isShared()) {
      return;
    }
    List.copyOf(unended.values()).forEach(this::end);
    CompletionStage<List<ClaimedStream>> _ =
        claims
            .expired()
            .whenComplete(
                (expired, failure) ->
                    thread.execute(
                        () -> {
                          if (failure == null) {
                            expired.stream().limit(ADOPTED_AT_ONCE).forEach(this::adopt);
                          } else {
                            log.atDebug().setCause(failure).log("expired claims not known");
                          }
                          thread.schedule(ADOPT_EVERY, this::adopt);
                        }));
  }

  private void adopt(ClaimedStream expired) {
    ChannelSlug channel = expired.channel();
    if (stopped
        || answers.has(channel)
        || questions.containsKey(channel)
        || unended.containsKey(channel)) {
      return;
    }
    Question question = new Question(null);
    questions.put(channel, question);
    CompletionStage<Optional<ChannelClaim>> _ =
        claims
            .adopt(expired, question.watch)
            .whenComplete(
                (claim, failure) ->
                    thread.execute(
                        () -> {
                          questions.remove(channel);
                          if (failure == null && claim.isPresent()) {
                            goOn(question, claim.get(), expired);
                          } else if (question.publisher != null) {
                            answers.again(question.publisher);
                          }
                          question.answered.complete(null);
                        }));
  }

  /// The stream of a claim is over. When nobody can be told, that is made up for.
  void end(ChannelClaim claim) {
    unended.put(claim.channel(), claim);
    CompletionStage<Void> _ =
        speak(claim.end()).thenRun(() -> unended.remove(claim.channel(), claim));
  }

  /// The stream of a claim goes on at another node; when that cannot be told, the claim expires.
  void handOver(ChannelClaim claim) {
    CompletionStage<Void> _ = speak(claim.handOver());
  }

  private CompletableFuture<Void> speak(CompletionStage<Void> words) {
    CompletableFuture<Void> spoken = new CompletableFuture<>();
    long number = spokenWords++;
    lastWords.put(number, spoken);
    CompletionStage<Void> _ =
        words.whenComplete(
            (_, failure) ->
                thread.execute(
                    () -> {
                      lastWords.remove(number);
                      if (failure == null) {
                        spoken.complete(null);
                      } else {
                        log.atDebug().setCause(failure).log("claim not let go");
                        spoken.completeExceptionally(failure);
                      }
                    }));
    return spoken;
  }

  /// Asks and adopts nothing any more; who waits for an answer is told `sentence`.
  void stop(String sentence) {
    stopped = true;
    questions.values().forEach(question -> question.fail("shutting-down", sentence));
  }

  /// Runs a task when all that was let go so far is known to others, or cannot be told.
  void whenSpoken(Runnable task) {
    CompletableFuture<Void> _ =
        CompletableFuture.allOf(lastWords.values().toArray(CompletableFuture<?>[]::new))
            .whenComplete((_, _) -> task.run());
  }

  /// A channel that is being claimed or adopted.
  private final class Question {
    final Watch watch = new Watch();
    final CompletableFuture<Void> answered = new CompletableFuture<>();
    @Nullable Publisher publisher; // who wants it now; null when that was refused

    Question(@Nullable Publisher publisher) {
      this.publisher = publisher;
    }

    void refuse(String reason, String sentence) {
      Publisher refused = publisher;
      publisher = null;
      if (refused != null) {
        refused.refused(reason, sentence);
      }
    }

    void fail(String reason, String sentence) {
      Publisher failed = publisher;
      publisher = null;
      if (failed != null) {
        failed.failed(reason, sentence);
      }
    }
  }

  /// Hears of a claim, also before its stream is known here.
  private final class Watch implements Listener {
    private final CompletableFuture<LiveStream> watched = new CompletableFuture<>();

    void is(LiveStream stream) {
      watched.complete(stream);
    }

    @Override
    public void onAsked(String remoteAddress) {
      CompletableFuture<Void> _ =
          watched.thenAccept(stream -> thread.execute(() -> answers.asked(stream, remoteAddress)));
    }

    @Override
    public void onLost(boolean sameStream) {
      CompletableFuture<Void> _ =
          watched.thenAccept(stream -> thread.execute(() -> answers.lost(stream, sameStream)));
    }
  }
}
