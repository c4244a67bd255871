package nova.api.http;

import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The routes of the operations: each path knows what may be asked of it. GET also answers HEAD,
/// OPTIONS is a CORS preflight that asks nobody who they are, and any other method is refused.
///
/// Scripts of any origin may ask; nothing here depends on cookies. *Thread-safe.*
public final class ApiRouter {
  /// Where the operations are.
  public static final String ROOT = "/api/v1";

  private static final String REQUEST_HEADERS = "Authorization, Content-Type, If-Match";
  private static final String ANSWER_HEADERS =
      "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate";

  private final RouteGuard guard;
  private final String seenRoot;
  private final List<Operation> operations;

  /// @param pathPrefix the path below which clients see this server, empty or starting with `/`
  public ApiRouter(RouteGuard guard, String pathPrefix, List<Operation> operations) {
    this.guard = guard;
    this.seenRoot = pathPrefix + ROOT;
    this.operations = List.copyOf(operations);
  }

  /// All that can be asked.
  public List<Operation> operations() {
    return operations;
  }

  /// Adds the routes to the router of one event loop.
  public void mount(Router router) {
    Map<String, Map<HttpMethod, Operation>> paths = new LinkedHashMap<>();
    for (Operation operation : operations) {
      var _ =
          paths
              .computeIfAbsent(operation.path(), _ -> new LinkedHashMap<>())
              .put(operation.method(), operation);
    }
    paths.forEach(
        (path, byMethod) ->
            router
                .route(ROOT + path.replace('{', ':').replace("}", ""))
                .handler(context -> dispatch(context, byMethod)));
  }

  /// Opens an answer to scripts of any origin.
  public static void openToScripts(HttpServerResponse response) {
    response
        .putHeader("Access-Control-Allow-Origin", "*")
        .putHeader("Access-Control-Expose-Headers", ANSWER_HEADERS)
        .putHeader("X-Content-Type-Options", "nosniff");
  }

  private void dispatch(RoutingContext context, Map<HttpMethod, Operation> byMethod) {
    openToScripts(context.response());
    HttpMethod method = context.request().method();
    if (method.equals(HttpMethod.OPTIONS)) {
      preflight(context, allowed(byMethod));
      return;
    }
    Operation operation = byMethod.get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
    if (operation == null) {
      String allowed = allowed(byMethod);
      context.response().putHeader("Allow", allowed);
      Problem.methodNotAllowed(allowed).answer(context);
      return;
    }
    Map<String, String> query;
    try {
      query = query(context, operation);
    } catch (ProblemException e) {
      e.problem().answer(context);
      return;
    }
    switch (operation) {
      case Operation.Open open -> open.handler().handle(context);
      case Operation.Guarded guarded -> start(context, guarded, query);
    }
  }

  private void start(
      RoutingContext context, Operation.Guarded operation, Map<String, String> query) {
    Map<String, String> path = Map.copyOf(context.pathParams());
    Optional<String> ifMatch = Optional.ofNullable(context.request().getHeader("If-Match"));
    BiFunction<Caller, Buffer, Handler<RoutingContext>> work =
        (caller, body) ->
            operation
                    .work()
                    .answer(
                        new ApiRequest(
                            caller,
                            path,
                            query,
                            ifMatch,
                            body.length() == 0 ? JsonFields.none() : JsonFields.parse(body)))
                    .below(seenRoot)
                ::answer;
    if (operation.takesBody()) {
      guard.admitWithBody(context, operation.access(), operation.id(), work);
    } else {
      guard.admit(
          context,
          operation.access(),
          operation.id(),
          caller -> work.apply(caller, Buffer.buffer()));
    }
  }

  private static Map<String, String> query(RoutingContext context, Operation operation) {
    Map<String, String> query = new HashMap<>();
    for (Map.Entry<String, String> parameter : parameters(context)) {
      String name = parameter.getKey();
      if (!operation.parameters().contains(name)) {
        throw new ProblemException(
            Problem.invalidParameter(
                PlainText.shown(name),
                operation.parameters().isEmpty()
                    ? "There is no such parameter (expected: none)."
                    : "There is no such parameter (expected: %s)."
                        .formatted(
                            operation.parameters().stream()
                                .sorted()
                                .collect(Collectors.joining(", ")))));
      }
      if (query.put(name, parameter.getValue()) != null) {
        throw new ProblemException(
            Problem.invalidParameter(name, "The parameter %s is there twice.".formatted(name)));
      }
      if (!PlainText.isPlain(parameter.getValue())) {
        throw new ProblemException(
            Problem.invalidParameter(
                name, "The parameter %s has a NUL or half a character.".formatted(name)));
      }
    }
    return query;
  }

  private static MultiMap parameters(RoutingContext context) {
    try {
      return context.queryParams();
    } catch (HttpException | IllegalArgumentException e) {
      throw new ProblemException(
          Problem.badRequest(
              "malformed-query", "The query is malformed (expected: escapes such as %20)."));
    }
  }

  private static void preflight(RoutingContext context, String allowed) {
    context
        .response()
        .setStatusCode(204)
        .putHeader("Allow", allowed)
        .putHeader("Access-Control-Allow-Methods", allowed)
        .putHeader("Access-Control-Allow-Headers", REQUEST_HEADERS)
        .putHeader("Access-Control-Max-Age", "86400")
        .end();
  }

  private static String allowed(Map<HttpMethod, Operation> byMethod) {
    return Stream.concat(
            byMethod.keySet().stream()
                .flatMap(
                    method ->
                        method.equals(HttpMethod.GET)
                            ? Stream.of(HttpMethod.GET, HttpMethod.HEAD)
                            : Stream.of(method)),
            Stream.of(HttpMethod.OPTIONS))
        .map(HttpMethod::name)
        .collect(Collectors.joining(", "));
  }
}
