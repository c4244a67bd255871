package nova.backends.redis;

import io.lettuce.core.ScriptOutputType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.segments.Poster;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineWireFormat;

/// Writes media and timelines to Redis over one pipelined connection, in the order of the calls.
/// Nothing is sent before [#flush], or before so much waits that it must be.
///
/// *Confined to its publisher's thread.*
final class RedisMediaWriter {
  private static final RedisScript PUT_MEDIA =
      RedisScript.named("put-media", RedisType.STRING, RedisType.SET, RedisType.HASH);
  private static final RedisScript PUT_TIMELINE =
      RedisScript.named("put-timeline", RedisType.STRING, RedisType.HASH);
  private static final RedisScript PUT_POSTER =
      RedisScript.named("put-poster", RedisType.STRING, RedisType.HASH);
  private static final RedisScript STORED_MEDIA = RedisScript.named("stored-media", RedisType.HASH);
  private static final RedisScript MEDIA_NAMES = RedisScript.named("media-names", RedisType.SET);
  private static final RedisScript KEEP_MEDIA =
      RedisScript.named("keep-media", RedisType.STRING, RedisType.SET, RedisType.HASH);
  private static final RedisScript REMOVE_MEDIA =
      RedisScript.named("remove-media", RedisType.STRING, RedisType.SET, RedisType.HASH);
  private static final RedisScript REMOVE_STREAM =
      RedisScript.named(
          "remove-stream", RedisType.STRING, RedisType.HASH, RedisType.HASH, RedisType.SET);

  private static final RedisScript NAME_STREAM =
      RedisScript.named("name-stream", RedisType.SORTED_SET);

  private static final int KEYS_AT_ONCE = 200;
  private static final Bytes NONE = Bytes.EMPTY;

  /// What became of a write.
  enum Outcome {
    /// It is done.
    DONE,
    /// Another node has a higher token.
    FENCED,
    /// Redis has lost what should have been there before.
    GONE,
    /// It is not known; Redis was away, slow or full.
    UNKNOWN
  }

  private final RedisLink link;
  private final MediaKeys keys;
  private final RedisConfig config;
  private final RedisMetrics metrics;
  private final int budgetBytes;
  private final Semaphore budget;

  RedisMediaWriter(RedisLink link, RedisConfig config, RedisMetrics metrics) {
    this.link = link;
    this.keys = new MediaKeys(link.keys());
    this.config = config;
    this.metrics = metrics;
    this.budgetBytes = (int) Math.min(config.inFlight().bytes(), Integer.MAX_VALUE);
    this.budget = new Semaphore(budgetBytes);
    link.hold();
  }

  /// Tells Redis the scripts, which it forgets when it starts again.
  void teachScripts() {
    for (RedisScript script :
        List.of(
            PUT_MEDIA,
            PUT_TIMELINE,
            PUT_POSTER,
            STORED_MEDIA,
            MEDIA_NAMES,
            KEEP_MEDIA,
            REMOVE_MEDIA,
            REMOVE_STREAM,
            NAME_STREAM)) {
      CompletionStage<String> _ = link.commands().scriptLoad(script.text());
    }
  }

  /// Puts parts where they are not there yet.
  ///
  /// @param first the index of the first of them
  /// @param all the number of all parts, when these are the last; -1 otherwise
  void putParts(
      StreamId stream,
      long token,
      String key,
      int first,
      List<Bytes> parts,
      int all,
      Consumer<Outcome> then)
      throws InterruptedException {
    List<Bytes> arguments = new ArrayList<>(4 + parts.size());
    arguments.add(StreamLeases.number(token));
    arguments.add(StreamLeases.number(config.mediaTtl().toMillis()));
    arguments.add(StreamLeases.number(first));
    arguments.add(all < 0 ? NONE : StreamLeases.number(all));
    arguments.addAll(parts);
    send(PUT_MEDIA, List.of(keys.fence(stream), keys.stored(stream), key), arguments, then);
  }

  /// Puts a timeline and publishes a notice of it.
  ///
  /// @param isFirst whether it does not matter what was there
  /// @param lastParts what has to be there before: the last parts of segments
  void putTimeline(
      TimelineSnapshot snapshot,
      long token,
      TimelineNotice notice,
      boolean isFirst,
      Map<String, Integer> lastParts,
      Consumer<Outcome> then)
      throws InterruptedException {
    StreamId stream = snapshot.stream();
    List<String> names = new ArrayList<>();
    names.add(keys.fence(stream));
    names.add(keys.timeline(stream));
    names.addAll(lastParts.keySet());
    List<Bytes> arguments = new ArrayList<>();
    arguments.add(StreamLeases.number(token));
    arguments.add(StreamLeases.number(config.mediaTtl().toMillis()));
    arguments.add(StreamLeases.number(StreamLeases.FENCE_TTL.toMillis()));
    arguments.add(StreamLeases.number(snapshot.version()));
    arguments.add(TimelineWireFormat.write(snapshot));
    arguments.add(Bytes.ofUtf8(keys.channel()));
    arguments.add(notice.write());
    arguments.add(StreamLeases.number(isFirst ? 0 : 1));
    lastParts.values().forEach(part -> arguments.add(StreamLeases.number(part)));
    send(PUT_TIMELINE, names, arguments, then);
  }

  /// Puts a poster and publishes a notice of it.
  void putPoster(StreamId stream, long token, Poster poster, Consumer<Outcome> then)
      throws InterruptedException {
    List<Bytes> arguments =
        List.of(
            StreamLeases.number(token),
            StreamLeases.number(config.mediaTtl().toMillis()),
            Bytes.ofUtf8(poster.takenAt().toString()),
            poster.jpeg(),
            Bytes.ofUtf8(keys.channel()),
            new TimelineNotice.PosterTaken(stream, token, poster.takenAt()).write());
    send(
        PUT_POSTER,
        List.of(keys.fence(stream), keys.timeline(stream), keys.poster(stream)),
        arguments,
        then);
  }

  /// Names the stream among those that have a timeline, and those no more that had none for long.
  void index(StreamId stream) {
    CompletionStage<Long> _ = name(stream);
  }

  /// As [#index], and waits until it is done: whoever refuses this would refuse media too.
  ///
  /// @throws StoreUnavailableException when Redis is full, is only to be read from, or does not
  ///   answer
  void indexNow(StreamId stream) throws InterruptedException {
    CompletionStage<Long> named = name(stream);
    link.flush();
    long _ = answer(named);
  }

  private CompletionStage<Long> name(StreamId stream) {
    return link.run(
        NAME_STREAM,
        ScriptOutputType.INTEGER,
        List.of(keys.index()),
        Bytes.ofUtf8(stream.value()),
        StreamLeases.number(2 * config.mediaTtl().toMillis()));
  }

  /// Removes segments and sections, whatever becomes of it.
  void remove(StreamId stream, long token, List<String> media, Consumer<Outcome> then)
      throws InterruptedException {
    for (List<String> some : chunks(media)) {
      send(REMOVE_MEDIA, ofStream(stream, some), List.of(StreamLeases.number(token)), then);
    }
  }

  /// Removes what is left of a stream, tells everybody, and waits until it is done.
  Outcome removeStream(StreamId stream, long token) throws InterruptedException {
    Bytes notice = new TimelineNotice.Removed(stream, token).write();
    CompletionStage<Long> _ = link.commands().zrem(keys.index(), Bytes.ofUtf8(stream.value()));
    CompletionStage<Long> asked =
        ask(
            REMOVE_STREAM,
            ScriptOutputType.INTEGER,
            List.of(
                keys.fence(stream),
                keys.timeline(stream),
                keys.poster(stream),
                keys.stored(stream)),
            StreamLeases.number(token),
            Bytes.ofUtf8(keys.channel()),
            notice);
    return outcome(answer(asked));
  }

  /// What is there of a segment or a section.
  ///
  /// @param parts 0 when nothing is there
  record Stored(int parts, boolean complete, long bytes) {}

  /// The names of all segments and sections of a stream that some node put and none removed; their
  /// time may be over.
  ///
  /// @throws StoreUnavailableException when Redis does not tell
  List<String> names(StreamId stream) throws InterruptedException {
    CompletionStage<List<Bytes>> asked =
        ask(MEDIA_NAMES, ScriptOutputType.MULTI, List.of(keys.stored(stream)));
    return answer(asked).stream().map(Bytes::toUtf8).toList();
  }

  /// What is there of segments and sections.
  ///
  /// @throws StoreUnavailableException when Redis does not tell
  Map<String, Stored> stored(Collection<String> media) throws InterruptedException {
    Map<String, Stored> stored = new HashMap<>();
    for (List<String> some : chunks(List.copyOf(media))) {
      CompletionStage<List<Long>> asked = ask(STORED_MEDIA, ScriptOutputType.MULTI, some);
      Iterator<Long> found = answer(asked).iterator();
      for (String name : some) {
        long fields = found.next();
        boolean complete = fields < 0;
        int parts = (int) (complete ? -fields - 1 : fields);
        stored.put(name, new Stored(parts, complete, found.next()));
      }
    }
    return stored;
  }

  /// Keeps media for longer.
  ///
  /// @return what is gone; the fence when another node has a higher token
  /// @throws StoreUnavailableException when Redis does not tell
  List<String> keep(StreamId stream, long token, List<String> media) throws InterruptedException {
    List<String> gone = new ArrayList<>();
    for (List<String> some : chunks(media)) {
      CompletionStage<List<Long>> asked =
          ask(
              KEEP_MEDIA,
              ScriptOutputType.MULTI,
              ofStream(stream, some),
              StreamLeases.number(token),
              StreamLeases.number(config.mediaTtl().toMillis()));
      for (long index : answer(asked)) {
        gone.add(index < 0 ? keys.fence(stream) : some.get((int) index));
      }
    }
    return gone;
  }

  /// Sends all that waits.
  void flush() {
    link.flush();
  }

  /// Waits until nothing is on its way: of every command it was told what became of it.
  void awaitIdle() throws InterruptedException {
    budget.acquire(budgetBytes);
    budget.release(budgetBytes);
  }

  /// Whether nothing is on its way.
  boolean isIdle() {
    return budget.availablePermits() == budgetBytes;
  }

  private void send(
      RedisScript script, List<String> names, List<Bytes> arguments, Consumer<Outcome> then)
      throws InterruptedException {
    long size = 0;
    for (Bytes argument : arguments) {
      size += argument.length();
    }
    int share = Math.clamp(size, 1, budgetBytes);
    if (!budget.tryAcquire(share)) {
      link.flush();
      // Every command is answered, or its time is over, so this ends.
      budget.acquire(share);
    }
    long sent = size;
    CompletionStage<Void> _ =
        link.commands()
            .<Long>evalsha(
                script.sha(),
                ScriptOutputType.INTEGER,
                names.toArray(String[]::new),
                arguments.toArray(Bytes[]::new))
            .handle(
                (answer, failure) -> {
                  try {
                    if (failure == null) {
                      metrics.published(sent);
                      then.accept(outcome(answer));
                    } else {
                      onFailure(failure, script, names);
                      then.accept(Outcome.UNKNOWN);
                    }
                  } finally {
                    budget.release(share); // whoever waits for this knows what became of it
                  }
                  return null;
                });
  }

  private void onFailure(Throwable failure, RedisScript script, List<String> names) {
    if (RedisLink.isOfAnotherType(failure)) {
      CompletionStage<List<Bytes>> _ = link.makeWay(script, names); // until it is tried again
    } else {
      metrics.failed("publish");
    }
  }

  private static Outcome outcome(long answer) {
    return switch ((int) answer) {
      case -1 -> Outcome.FENCED;
      case -2, -3 -> Outcome.GONE;
      default -> Outcome.DONE;
    };
  }

  private <T> CompletionStage<T> ask(
      RedisScript script, ScriptOutputType output, List<String> names, Bytes... arguments) {
    CompletionStage<T> asked = link.run(script, output, names, arguments);
    link.flush();
    return asked;
  }

  private <T> T answer(CompletionStage<T> asked) throws InterruptedException {
    try {
      return link.await(asked);
    } catch (StoreUnavailableException e) {
      metrics.failed("publish");
      throw e;
    }
  }

  private List<String> ofStream(StreamId stream, List<String> media) {
    List<String> names = new ArrayList<>(media.size() + 2);
    names.add(keys.fence(stream));
    names.add(keys.stored(stream));
    names.addAll(media);
    return names;
  }

  private static List<List<String>> chunks(List<String> names) {
    List<List<String>> chunks = new ArrayList<>();
    for (int from = 0; from < names.size(); from += KEYS_AT_ONCE) {
      chunks.add(names.subList(from, Math.min(from + KEYS_AT_ONCE, names.size())));
    }
    return chunks;
  }
}
