package nova.api.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/// One thing that can be asked of the API, as its document names it.
public sealed interface Operation {
  /// As in the document.
  String id();

  HttpMethod method();

  /// Below `/api/v1`, with parameters in braces: `/channels/{channel}`.
  String path();

  /// The query parameters that it takes; any other is refused.
  Set<String> parameters();

  /// What an operation does, on a virtual thread.
  @FunctionalInterface
  interface Work {
    /// Does it.
    ///
    /// @throws ProblemException which becomes the answer, as do the exceptions of the control plane
    JsonAnswer answer(ApiRequest request);
  }

  /// Reading what everybody may know, answered from memory on the event loop.
  ///
  /// *Immutable.*
  record Open(String id, String path, Handler<RoutingContext> handler) implements Operation {
    @Override
    public HttpMethod method() {
      return HttpMethod.GET;
    }

    @Override
    public Set<String> parameters() {
      return Set.of();
    }
  }

  /// What takes a token.
  ///
  /// *Immutable.*
  record Guarded(
      String id, HttpMethod method, String path, Access access, Set<String> parameters, Work work)
      implements Operation {
    public Guarded {
      parameters = Set.copyOf(parameters);
    }

    /// The same with query parameters.
    public Guarded taking(String... names) {
      return new Guarded(id, method, path, access, Set.of(names), work);
    }

    /// Whether it reads a body.
    boolean takesBody() {
      return method.equals(HttpMethod.POST) || method.equals(HttpMethod.PATCH);
    }
  }

  static Guarded get(String id, String path, Access access, Work work) {
    return new Guarded(id, HttpMethod.GET, path, access, Set.of(), work);
  }

  static Guarded post(String id, String path, Access access, Work work) {
    return new Guarded(id, HttpMethod.POST, path, access, Set.of(), work);
  }

  static Guarded patch(String id, String path, Access access, Work work) {
    return new Guarded(id, HttpMethod.PATCH, path, access, Set.of(), work);
  }

  static Guarded delete(String id, String path, Access access, Work work) {
    return new Guarded(id, HttpMethod.DELETE, path, access, Set.of(), work);
  }
}
