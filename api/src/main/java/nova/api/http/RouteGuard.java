package nova.api.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.control.playback.ClientNetwork;
import nova.control.token.Token;
import nova.core.NanoClock;
import org.jspecify.annotations.Nullable;

/// Lets requests in that show a token which opens what they ask for, and not more of them than
/// anybody may send.
///
/// Spec: RFC 6750 §2.1 (the token is in the header and nowhere else). *Thread-safe.*
public final class RouteGuard {
  private static final Pattern BEARER =
      Pattern.compile("[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{1,256})");
  private static final int MOST_OPEN_BODIES = 256;

  private final Authenticator authenticator;
  private final RequestLimits limits;
  private final BlockingWork blocking;
  private final Semaphore openBodies;

  /// @param threads runs each task on a thread of its own
  public RouteGuard(
      Authenticator authenticator, ApiLimits limits, NanoClock clock, Executor threads) {
    this(authenticator, limits, clock, threads, MOST_OPEN_BODIES);
  }

  /// @param mostOpenBodies that arrive at once
  RouteGuard(
      Authenticator authenticator,
      ApiLimits limits,
      NanoClock clock,
      Executor threads,
      int mostOpenBodies) {
    this.authenticator = authenticator;
    this.limits = new RequestLimits(limits, clock);
    this.blocking = new BlockingWork(threads);
    this.openBodies = new Semaphore(mostOpenBodies);
  }

  /// A handler that passes on what shows a token of this access, on the event loop, and answers the
  /// rest.
  public Handler<RoutingContext> protect(Access access, Handler<RoutingContext> next) {
    return context -> admit(context, access, context.normalizedPath(), _ -> next);
  }

  /// Does work for a caller who may, on a thread that may wait, and then what it came to on the
  /// event loop.
  ///
  /// @param operation that is asked for, for the log
  void admit(
      RoutingContext context,
      Access access,
      String operation,
      Function<Caller, Handler<RoutingContext>> work) {
    String address = context.request().remoteAddress().hostAddress();
    String secret;
    try {
      secret = secret(context, address);
    } catch (ProblemException e) {
      e.problem().answer(context);
      return;
    }
    blocking.run(context, () -> answer(secret, address, access, operation, work));
  }

  /// As [#admit], with the body of the request, of which nothing is read before it is known who
  /// sends it, and that they may.
  void admitWithBody(
      RoutingContext context,
      Access access,
      String operation,
      BiFunction<Caller, Buffer, Handler<RoutingContext>> work) {
    context.request().pause();
    admit(
        context,
        access,
        operation,
        caller ->
            admitted ->
                BodyReader.read(
                    admitted,
                    openBodies,
                    body ->
                        blocking.run(
                            admitted, () -> answer(operation, () -> work.apply(caller, body)))));
  }

  private static Handler<RoutingContext> answer(
      String operation, Supplier<Handler<RoutingContext>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return Failures.problem(operation, true, e)::answer;
    }
  }

  private Handler<RoutingContext> answer(
      String secret,
      String address,
      Access access,
      String operation,
      Function<Caller, Handler<RoutingContext>> work) {
    @Nullable Quota quota = null;
    Handler<RoutingContext> answer;
    try {
      Caller caller = caller(secret, address);
      quota = limits.charge("token " + caller.token().id());
      requireQuota(quota);
      requireAccess(caller.token(), access);
      answer = work.apply(caller);
    } catch (RuntimeException e) {
      answer = Failures.problem(operation, false, e)::answer;
    }
    return described(quota, answer);
  }

  private static Handler<RoutingContext> described(
      @Nullable Quota quota, Handler<RoutingContext> answer) {
    return context -> {
      if (quota != null) {
        quota.describe(context.response());
      }
      answer.handle(context);
    };
  }

  /// What the request shows, unless it is refused for that alone. Nothing was looked up yet.
  private String secret(RoutingContext context, String address) {
    Optional<String> secret = bearer(context.request());
    if (secret.isEmpty()) {
      Quota quota = chargeAddress(address);
      quota.describe(context.response());
      requireQuota(quota);
      throw new ProblemException(
          Problem.of(
              401,
              "token-required",
              "This needs an API token (expected: the header Authorization: Bearer nova_…)."));
    }
    return secret.get();
  }

  /// The token that a request shows, right or wrong; empty for none, and for more than one.
  public static Optional<String> bearer(HttpServerRequest request) {
    List<String> shown = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    return shown.size() == 1 ? bearer(shown.getFirst()) : Optional.empty();
  }

  private static Optional<String> bearer(String authorization) {
    Matcher bearer = BEARER.matcher(authorization.strip());
    return bearer.matches() ? Optional.of(bearer.group(1)) : Optional.empty();
  }

  private Caller caller(String secret, String address) {
    Optional<Caller> caller = authenticator.authenticate(secret, address);
    if (caller.isEmpty()) {
      requireQuota(chargeAddress(address));
      throw new ProblemException(Problem.invalidToken());
    }
    return caller.get();
  }

  private Quota chargeAddress(String address) {
    return limits.charge("address " + ClientNetwork.of(address));
  }

  private static void requireQuota(Quota quota) {
    if (quota.isExceeded()) {
      throw new ProblemException(
          Problem.later(
              429,
              "too-many-requests",
              "Too many requests (expected: at most %d a minute).".formatted(quota.perMinute()),
              Math.max(1, quota.nextInSeconds())));
    }
  }

  private static void requireAccess(Token token, Access access) {
    if (!token.scope().includes(access.scope())) {
      throw new ProblemException(
          Problem.of(
              403,
              "insufficient-scope",
              "The token is of scope %s (expected: %s)."
                  .formatted(token.scope().label(), access.scope().label())));
    }
    if (access.wholeServer() && token.channel().isPresent()) {
      throw new ProblemException(
          Problem.ofOneChannel(token.channel().get(), "one without a channel"));
    }
  }
}
