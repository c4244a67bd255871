package nova.api.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import nova.api.http.Access;
import nova.api.http.ApiRequest;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.Page;
import nova.api.http.Times;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry;
import nova.control.audit.AuditFilter;
import nova.control.audit.AuditLog;
import nova.control.token.Scope;
import org.jspecify.annotations.Nullable;

/// `/audit`: who did what.
///
/// *Thread-safe.*
public final class AuditRoutes {
  private static final int MAX_NAME = 128;

  private final AuditLog audit;

  public AuditRoutes(AuditLog audit) {
    this.audit = audit;
  }

  public List<Operation> operations() {
    return List.of(
        Operation.get("listAudit", "/audit", Access.toServer(Scope.ADMIN), this::list)
            .taking("subject", "actor", "action", "since", "until", "limit", "cursor"));
  }

  private JsonAnswer list(ApiRequest request) {
    int limit = request.limit();
    List<AuditEntry> found = audit.list(filter(request), before(request), limit + 1);
    Page<AuditEntry> page = Page.of(found, limit, entry -> Long.toString(entry.number()));
    return JsonAnswer.ok(new AuditList(page.map(AuditEntryView::of), page.nextCursor()));
  }

  private static AuditFilter filter(ApiRequest request) {
    Optional<String> subject = name(request, "subject");
    return new AuditFilter(
        name(request, "actor"),
        name(request, "action"),
        subject.map(text -> text.split(":", 2)[0]),
        subject.map(text -> text.split(":", 2)).filter(parts -> parts.length > 1).map(p -> p[1]),
        request.time("since"),
        request.time("until"));
  }

  private static Optional<String> name(ApiRequest request, String parameter) {
    return request.query(
        parameter,
        text -> text.isEmpty() || text.length() > MAX_NAME ? Optional.empty() : Optional.of(text),
        "1 to %d characters".formatted(MAX_NAME));
  }

  private static OptionalLong before(ApiRequest request) {
    Optional<String> cursor = request.cursor();
    if (cursor.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!cursor.get().matches("[1-9][0-9]{0,17}")) {
      throw ApiRequest.invalidCursor();
    }
    return OptionalLong.of(Long.parseLong(cursor.get()));
  }

  /// The JSON of a page.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record AuditList(List<AuditEntryView> entries, @Nullable String nextCursor) {
    AuditList {
      entries = List.copyOf(entries);
    }
  }

  /// The JSON of one entry.
  private record AuditEntryView(
      long number,
      String at,
      ActorView actor,
      String action,
      AuditEntry.Subject subject,
      Map<String, Object> details) {
    static AuditEntryView of(AuditEntry entry) {
      return new AuditEntryView(
          entry.number(),
          Times.text(entry.at()),
          ActorView.of(entry.actor()),
          entry.action(),
          entry.subject(),
          entry.details());
    }
  }

  /// The JSON of who did it; what is not known is left out.
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  private record ActorView(String kind, String id, String label, String address) {
    static ActorView of(Actor actor) {
      return new ActorView(actor.kind().label(), actor.id(), actor.label(), actor.address());
    }
  }
}
