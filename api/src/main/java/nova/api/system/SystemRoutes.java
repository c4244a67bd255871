package nova.api.system;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import nova.api.http.Access;
import nova.api.http.ApiLimits;
import nova.api.http.ApiRequest;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.Times;
import nova.control.Control;
import nova.control.token.Scope;

/// `/system`: the server itself. Answered also while the database is away.
///
/// *Thread-safe.*
public final class SystemRoutes {
  private final String version;
  private final Instant startedAt;
  private final InstantSource clock;
  private final ApiLimits limits;
  private final Control control;
  private final LongSupplier live;

  /// @param version of the server
  /// @param live how many streams are live on this server
  public SystemRoutes(
      String version, InstantSource clock, ApiLimits limits, Control control, LongSupplier live) {
    this.version = version;
    this.startedAt = clock.instant();
    this.clock = clock;
    this.limits = limits;
    this.control = control;
    this.live = live;
  }

  public List<Operation> operations() {
    return List.of(
        Operation.get("getSystem", "/system", Access.toServer(Scope.VIEWER), this::system));
  }

  private JsonAnswer system(ApiRequest request) {
    return JsonAnswer.ok(
        new SystemView(
            version,
            Times.text(startedAt),
            Duration.between(startedAt, clock.instant()).toSeconds(),
            control.databaseAnswers() ? "up" : "away",
            new CountsView(live.getAsLong(), control.journalBacklog()),
            new LimitsView(
                limits.requestsPerMinute(), limits.requestBurst(), ApiRequest.MAX_BODY_BYTES)));
  }

  /// The JSON of the server.
  private record SystemView(
      String version,
      String startedAt,
      long uptimeSeconds,
      String database,
      CountsView counts,
      LimitsView limits) {}

  /// The JSON of how much there is.
  private record CountsView(long liveStreams, int unwrittenEvents) {}

  /// The JSON of what may be asked.
  private record LimitsView(int requestsPerMinute, int requestBurst, int bodyBytes) {}
}
