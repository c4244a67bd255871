package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nova.cluster.EmbeddedRedis;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.transcode.LadderPlan;
import nova.transcode.RunningLadder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Ladders of nodes that follow each other.
class RedisLadderStoreTest {
  private static final EmbeddedRedis REDIS = EmbeddedRedis.open();

  private final StreamId stream = StreamId.random(new Random());
  private final Node first = new Node("first");
  private final Node second = new Node("second");

  private static final class Node implements AutoCloseable {
    final RedisConnections connections = TestConnections.open(RedisConfig.at(REDIS.url()));
    final StreamLeases leases;
    final RedisLadderStore ladders;

    Node(String name) {
      leases =
          StreamLeases.open(
              connections, new NodeId(name), RedisMetrics.NONE, Thread.ofVirtual().factory());
      ladders =
          RedisLadderStore.open(
              connections, leases, RedisMetrics.NONE, Thread.ofVirtual().factory());
    }

    Lease take(StreamId stream) {
      List<Lease> taken = new ArrayList<>();
      TestConnections.await(
          "a lease",
          () -> {
            await(leases.acquire(stream)).ifPresent(taken::add);
            return !taken.isEmpty();
          });
      return taken.getFirst();
    }

    @Override
    public void close() {
      ladders.close();
      leases.close();
      connections.close();
    }
  }

  @AfterAll
  static void stopRedis() {
    REDIS.close();
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private static RunningLadder ladder(long bitrateBps) {
    Rung rung = new Rung(new RenditionId("480p"), 854, 480, 1, bitrateBps, bitrateBps);
    return new RunningLadder(
        new LadderPlan(true, null, List.of(rung), "as planned"),
        null,
        30,
        EncoderPreset.VERYFAST,
        List.of(rung));
  }

  @Test
  void ladder_isFoundByTheNextNode_untilItIsRemoved() {
    Lease lease = first.take(stream);
    first.ladders.put(stream, ladder(1_000_000));
    TestConnections.await("it is there", () -> second.ladders.find(stream).isPresent());
    await(lease.release());
    Lease _ = second.take(stream);

    assertThat(second.ladders.find(stream)).contains(ladder(1_000_000));
    second.ladders.remove(stream);
    TestConnections.await("it is gone", () -> first.ladders.find(stream).isEmpty());
  }

  @Test
  void ladderOfANodeWithoutTheStream_isNotPut() {
    Lease lease = first.take(stream);
    await(lease.release());
    Lease _ = second.take(stream);
    second.ladders.put(stream, ladder(2_000_000));

    first.ladders.put(stream, ladder(1_000_000));
    first.ladders.remove(stream);

    assertThat(second.ladders.find(stream)).contains(ladder(2_000_000));
  }

  @Test
  void ladder_isPutAgain_whenRedisWasEmptied() {
    Lease _ = first.take(stream);
    first.ladders.put(stream, ladder(1_000_000));
    TestConnections.await("it is there", () -> second.ladders.find(stream).isPresent());

    REDIS.restart();

    TestConnections.await("it is there again", () -> second.ladders.find(stream).isPresent());
  }
}
