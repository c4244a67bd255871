package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import nova.cluster.EmbeddedRedis;
import nova.core.StreamId;
import nova.transcode.LadderStore;
import nova.transcode.LadderStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Ladders of nodes that follow each other.
class RedisLadderStoreTest extends LadderStoreContract {
  private static final EmbeddedRedis REDIS = EmbeddedRedis.open();

  private final Node first = new Node("first");
  private final Node second = new Node("second");

  private static final class Node implements AutoCloseable {
    final CountedMetrics metrics = new CountedMetrics();
    final RedisConnections connections = TestConnections.open(RedisConfig.at(REDIS.url()), metrics);
    final StreamLeases leases;
    final RedisLadderStore ladders;

    Node(String name) {
      leases =
          StreamLeases.open(
              connections, new NodeId(name), RedisMetrics.NONE, Thread.ofVirtual().factory());
      ladders = RedisLadderStore.open(connections, leases, metrics, Thread.ofVirtual().factory());
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

  @Override
  protected LadderStore storeOf(StreamId carried) {
    Lease _ = first.take(carried);
    return first.ladders;
  }

  @Override
  protected LadderStore elsewhere() {
    return second.ladders;
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
  void whatIsNoLadder_isNone_andMakesWay() {
    Lease _ = first.take(stream);
    RedisLink link = first.connections.link(RedisArea.MEDIA, "test");
    String key = link.keys().key("ladder", stream);
    assertThat(await(link.commands().set(key, text("junk")))).isEqualTo("OK");
    assertThat(second.ladders.find(stream)).isEmpty();
    assertThat(await(link.commands().del(key))).isOne();
    assertThat(await(link.commands().lpush(key, text("junk")))).isOne();
    assertThat(second.ladders.find(stream)).isEmpty();
    assertThat(second.metrics.count("malformed ladder")).isOne();
    assertThat(second.metrics.count("malformed wrong-type")).isOne();

    first.ladders.put(stream, ladder(1_000_000));

    TestConnections.await("it is there", () -> second.ladders.find(stream).isPresent());
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
