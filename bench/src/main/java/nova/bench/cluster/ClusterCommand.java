package nova.bench.cluster;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Runs a cluster to try out; what `make cluster` starts. A signal ends it.
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Run one ingest, two transcodes, two deliveries and one API with a Kafka, a Redis and a"
            + " PostgreSQL on this machine, on loopback.")
public final class ClusterCommand implements Callable<Integer> {
  private static final int RTMP_PORT = 1935;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--folder",
      defaultValue = "bench/target/cluster",
      description =
          "For logs and data, which are deleted at the next start (bench/target/cluster).")
  private Path folder = Path.of("bench/target/cluster");

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  asked.countDown();
                  try {
                    ended.await();
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                }));
    try (Installation installation =
        Installation.start(
            folder.toAbsolutePath(), LocalCluster.Plan.usual().at(RTMP_PORT), Map.of())) {
      explain(installation.services(), out);
      asked.await();
    } finally {
      ended.countDown();
    }
    return 0;
  }

  private static void explain(LocalCluster services, PrintWriter out) {
    ServiceProcess api = services.of("api").getFirst();
    ServiceProcess ingest = services.of("ingest").getFirst();
    out.printf(
        """
        The cluster runs. Its logs are in %s

            Publish to:  %s
            Watch at:    %s/watch/live
            HLS:         %s/hls/live/index.m3u8
            The same:    %s/hls/live/index.m3u8
            Commands:    ./nova key create --channel live --data %s

        """,
        api.log().getParent(),
        ingest.address("rtmp"),
        api.address("http"),
        services.of("delivery").getFirst().address("http"),
        services.of("delivery").getLast().address("http"),
        api.data());
    out.flush();
  }
}
