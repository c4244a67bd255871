package nova.api.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import nova.api.http.Access;
import nova.api.http.ApiRequest;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.Times;
import nova.control.metric.Audience;
import nova.control.metric.MetricPoint;
import nova.control.metric.StreamMetrics;
import nova.control.stream.ChannelStream;
import nova.control.stream.Streams;
import nova.control.token.Scope;
import org.jspecify.annotations.Nullable;

/// `/streams/{id}/metrics`: how a stream went.
///
/// *Thread-safe.*
public final class StreamMetricRoutes {
  private static final int POINTS = 300; // as many as a chart on a screen has room for
  private static final int MAX_STEP_S = 86_400;

  private final Streams streams;
  private final StreamMetrics metrics;
  private final InstantSource clock;

  public StreamMetricRoutes(Streams streams, StreamMetrics metrics, InstantSource clock) {
    this.streams = streams;
    this.metrics = metrics;
    this.clock = clock;
  }

  public List<Operation> operations() {
    return List.of(
        Operation.get(
                "getStreamMetrics", "/streams/{id}/metrics", Access.of(Scope.VIEWER), this::series)
            .taking("since", "until", "step"));
  }

  private JsonAnswer series(ApiRequest request) {
    Optional<Instant> givenSince = request.time("since");
    Optional<Instant> givenUntil = request.time("until");
    Optional<Duration> givenStep =
        request.query(
            "step", StreamMetricRoutes::step, "whole seconds from 1 to %d".formatted(MAX_STEP_S));
    ChannelStream stream = StreamPaths.find(streams, request);
    Instant since = givenSince.orElse(stream.startedAt().orElse(stream.createdAt()));
    Instant until =
        givenUntil.orElseGet(
            () ->
                latest(
                    stream.end().map(ChannelStream.StreamEnd::at).orElse(clock.instant()),
                    since.plusSeconds(1)));
    Duration step = givenStep.orElseGet(() -> step(since, until));
    List<MetricPoint> points = metrics.series(stream.id(), since, until, step);
    return JsonAnswer.ok(
        new MetricsView(
            stream.id().value(),
            Times.text(since),
            Times.text(until),
            step.toSeconds(),
            points.stream().map(MetricView::of).toList()));
  }

  private static Instant latest(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Duration step(Instant since, Instant until) {
    long seconds = Math.ceilDiv(Duration.between(since, until).toSeconds(), (long) POINTS);
    return Duration.ofSeconds(Math.max(1, seconds));
  }

  private static Optional<Duration> step(String text) {
    if (!text.matches("[1-9][0-9]{0,4}")) {
      return Optional.empty();
    }
    int seconds = Integer.parseInt(text);
    return seconds > MAX_STEP_S ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  /// The JSON of a series.
  private record MetricsView(
      String stream, String since, String until, long stepSeconds, List<MetricView> points) {
    MetricsView {
      points = List.copyOf(points);
    }
  }

  /// The JSON of a point; what was not measured is left out.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record MetricView(
      String at,
      long videoBitrateBps,
      long audioBitrateBps,
      double frameRate,
      @Nullable Long keyframeIntervalMs,
      long receivedBytes,
      long receivedFrames,
      long droppedFrames,
      long repairedTimestamps,
      @Nullable Integer viewers,
      @Nullable Integer stalledViewers,
      @Nullable Long deliveredBps) {
    static MetricView of(MetricPoint point) {
      Optional<Audience> audience = point.audience();
      return new MetricView(
          Times.text(point.at()),
          point.videoBitrateBps(),
          point.audioBitrateBps(),
          point.frameRate(),
          point.keyframeIntervalMs() == 0 ? null : point.keyframeIntervalMs(),
          point.receivedBytes(),
          point.receivedFrames(),
          point.droppedFrames(),
          point.repairedTimestamps(),
          audience.map(Audience::viewers).orElse(null),
          audience.map(Audience::stalledViewers).orElse(null),
          audience.map(Audience::deliveredBps).orElse(null));
    }
  }
}
