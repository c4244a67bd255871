package nova.backends.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The topics of an installation: makes those that are missing, and sees whether those that are
/// there do.
///
/// *Confined to its caller's thread.*
final class KafkaTopics {
  private static final Logger log = LoggerFactory.getLogger(KafkaTopics.class);
  private static final int SEGMENT_BYTES_LEAST = 16 << 20;
  private static final int SEGMENT_BYTES_MOST = 256 << 20;
  private static final Duration INDEX_KEPT_LONGER = Duration.ofMinutes(50);
  private static final Duration EVENTS_KEPT = Duration.ofDays(7);
  private static final long EVENTS_BYTES = 1L << 30;
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
  private static final int LOOKS = 100;

  private final KafkaConfig config;
  private final int recordBytes;
  private final boolean eventsAlone;

  /// @param recordBytes what the topic of frames must take
  /// @param eventsAlone whether the other topics are no concern of this process
  KafkaTopics(KafkaConfig config, int recordBytes, boolean eventsAlone) {
    this.config = config;
    this.recordBytes = recordBytes;
    this.eventsAlone = eventsAlone;
  }

  String frames() {
    return config.topicPrefix() + "stream-frames";
  }

  /// Where writers began and keyframes are; in one partition, so that all agree on an order.
  String index() {
    return config.topicPrefix() + "stream-frames-index";
  }

  String events() {
    return config.topicPrefix() + "stream-events";
  }

  /// Makes what is missing and checks the rest.
  ///
  /// @return what is wrong, as one sentence, or nothing
  /// @throws ExecutionException when Kafka does not answer
  Optional<String> ensure(Admin admin) throws ExecutionException, InterruptedException {
    int brokers = admin.describeCluster().nodes().get().size();
    List<NewTopic> wanted = wanted(brokers);
    Map<String, TopicDescription> found = describe(admin, wanted);
    if (found.size() < wanted.size()) {
      Optional<String> refused =
          create(admin, wanted.stream().filter(t -> !found.containsKey(t.name())).toList());
      if (refused.isPresent()) {
        return refused;
      }
      return awaitAll(admin, wanted);
    }
    return check(admin, found);
  }

  /// How many partitions the topic of frames has.
  ///
  /// @throws ExecutionException when Kafka does not tell
  int partitionsOfFrames(Admin admin) throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> told =
        admin.describeTopics(List.of(frames())).allTopicNames().get();
    return told.values().stream().mapToInt(topic -> topic.partitions().size()).sum();
  }

  /// What one broker made, others hear of a moment later.
  private Optional<String> awaitAll(Admin admin, List<NewTopic> wanted)
      throws ExecutionException, InterruptedException {
    for (int i = 0; i < LOOKS; i++) {
      Map<String, TopicDescription> found = describe(admin, wanted);
      if (found.size() == wanted.size()) {
        return check(admin, found);
      }
      Thread.sleep(LOOK_INTERVAL); // nothing tells when; LOOKS bounds it
    }
    return Optional.of("topics that were made are not to be seen");
  }

  private List<NewTopic> wanted(int brokers) {
    short replicas = (short) Math.min(3, brokers);
    long retentionMs = config.retention().toMillis();
    long segmentBytes =
        Math.clamp(config.retentionSize().bytes() / 8, SEGMENT_BYTES_LEAST, SEGMENT_BYTES_MOST);
    NewTopic events =
        topic(
            events(),
            config.partitions(),
            replicas,
            EVENTS_KEPT.toMillis(),
            EVENTS_BYTES,
            SEGMENT_BYTES_MOST);
    if (eventsAlone) {
      return List.of(events);
    }
    NewTopic frames =
        topic(
            frames(),
            config.partitions(),
            replicas,
            retentionMs,
            config.retentionSize().bytes(),
            segmentBytes);
    frames.configs().put("max.message.bytes", Integer.toString(recordBytes));
    return List.of(
        frames,
        topic(
            index(),
            1,
            replicas,
            config.retention().plus(INDEX_KEPT_LONGER).toMillis(),
            -1,
            SEGMENT_BYTES_LEAST),
        events);
  }

  private static NewTopic topic(
      String name,
      int partitions,
      short replicas,
      long retentionMs,
      long retentionBytes,
      long segmentBytes) {
    Map<String, String> settings = new HashMap<>();
    settings.put("cleanup.policy", "delete");
    settings.put("retention.ms", Long.toString(retentionMs));
    settings.put("retention.bytes", Long.toString(retentionBytes));
    settings.put("segment.ms", Long.toString(Math.max(retentionMs / 8, 15_000)));
    settings.put("segment.bytes", Long.toString(segmentBytes));
    settings.put("compression.type", "producer"); // nothing is: media already is
    // Retention goes by the brokers' clocks, so it does not matter what time it is elsewhere.
    settings.put("message.timestamp.type", "LogAppendTime");
    settings.put("min.insync.replicas", replicas >= 3 ? "2" : "1");
    settings.put("unclean.leader.election.enable", "false");
    return new NewTopic(name, partitions, replicas).configs(settings);
  }

  private static Map<String, TopicDescription> describe(Admin admin, List<NewTopic> topics)
      throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> found = new HashMap<>();
    Map<String, KafkaFuture<TopicDescription>> asked =
        admin.describeTopics(topics.stream().map(NewTopic::name).toList()).topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : asked.entrySet()) {
      try {
        found.put(topic.getKey(), topic.getValue().get());
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case UnknownTopicOrPartitionException _ -> {}
          case TopicAuthorizationException _ -> // which does not say of which topic
              throw new ExecutionException(new TopicAuthorizationException(Set.of(topic.getKey())));
          case null, default -> throw e;
        }
      }
    }
    return found;
  }

  private Optional<String> create(Admin admin, List<NewTopic> missing)
      throws ExecutionException, InterruptedException {
    List<String> names = missing.stream().map(NewTopic::name).toList();
    if (!config.createTopics()) {
      return Optional.of(
          "topics %s are missing (expected: somebody makes them, or kafka.create-topics: true)"
              .formatted(String.join(", ", names)));
    }
    for (Map.Entry<String, KafkaFuture<Void>> topic :
        admin.createTopics(missing).values().entrySet()) {
      try {
        Void _ = topic.getValue().get();
        log.atInfo().log("made topic {} of Kafka, which was missing", topic.getKey());
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case TopicExistsException _ -> {} // another process was quicker
          case TopicAuthorizationException _, ClusterAuthorizationException _ -> {
            return Optional.of(
                "topics %s are missing and may not be made by this user (expected: the right to create, or somebody makes them)"
                    .formatted(String.join(", ", names)));
          }
          case PolicyViolationException refused -> {
            return Optional.of(
                "topics %s are missing and a policy of the cluster refuses them: %s"
                    .formatted(String.join(", ", names), refused.getMessage()));
          }
          case null, default -> throw e;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> check(Admin admin, Map<String, TopicDescription> found)
      throws ExecutionException, InterruptedException {
    List<ConfigResource> resources =
        found.keySet().stream()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .toList();
    Map<String, Config> settings = new HashMap<>();
    try {
      admin
          .describeConfigs(resources)
          .all()
          .get()
          .forEach((resource, values) -> settings.put(resource.name(), values));
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicAuthorizationException)) {
        throw e;
      }
      // Who may not look must trust who made them.
    }
    for (TopicDescription topic : found.values()) {
      List<String> problems = new ArrayList<>();
      if (topic.name().equals(index()) && topic.partitions().size() != 1) {
        problems.add("%d partitions (expected: 1)".formatted(topic.partitions().size()));
      }
      Config values = settings.get(topic.name());
      if (values != null) {
        checkSettings(topic.name(), replicas(topic), values, problems);
      }
      if (!problems.isEmpty()) {
        return Optional.of(
            "topic %s has %s".formatted(topic.name(), String.join(" and ", problems)));
      }
    }
    return Optional.empty();
  }

  private void checkSettings(String name, int replicas, Config values, List<String> problems) {
    String policy = value(values, "cleanup.policy");
    if (!policy.equals("delete")) {
      problems.add("cleanup.policy %s (expected: delete)".formatted(policy));
    }
    String compression = value(values, "compression.type");
    if (!Set.of("producer", "uncompressed").contains(compression)) {
      problems.add("compression.type %s (expected: producer)".formatted(compression));
    }
    String timestamps = value(values, "message.timestamp.type");
    if (!timestamps.equals("LogAppendTime")) {
      problems.add("message.timestamp.type %s (expected: LogAppendTime)".formatted(timestamps));
    }
    long inSync = number(values, "min.insync.replicas");
    if (inSync > replicas) {
      problems.add("min.insync.replicas %d (expected: <= %d replicas)".formatted(inSync, replicas));
    }
    long most = number(values, "max.message.bytes");
    if (name.equals(frames()) && most >= 0 && most < recordBytes) {
      problems.add(
          "max.message.bytes %d (expected: >= %d, or a smaller kafka.message)"
              .formatted(most, recordBytes));
    }
    long kept = number(values, "retention.ms");
    long wanted = config.retention().toMillis();
    if (Set.of(frames(), index()).contains(name) && kept >= 0 && kept < wanted) {
      problems.add(
          "retention.ms %d (expected: >= %d, or a shorter kafka.retention)"
              .formatted(kept, wanted));
    }
    long keptBytes = number(values, "retention.bytes");
    long wantedBytes = config.retentionSize().bytes();
    if (name.equals(frames()) && keptBytes >= 0 && keptBytes < wantedBytes) {
      problems.add(
          "retention.bytes %d (expected: >= %d, or a smaller kafka.retention-size)"
              .formatted(keptBytes, wantedBytes));
    }
    if (name.equals(index()) && keptBytes >= 0) {
      problems.add("retention.bytes %d (expected: -1)".formatted(keptBytes));
    }
  }

  private static int replicas(TopicDescription topic) {
    return topic.partitions().getFirst().replicas().size();
  }

  private static String value(Config values, String name) {
    ConfigEntry entry = values.get(name);
    return entry == null || entry.value() == null ? "" : entry.value();
  }

  private static long number(Config values, String name) {
    String value = value(values, name);
    return value.isEmpty() ? -1 : Long.parseLong(value);
  }
}
