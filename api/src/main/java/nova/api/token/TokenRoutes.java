package nova.api.token;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import nova.api.http.Access;
import nova.api.http.ApiRequest;
import nova.api.http.Cursors;
import nova.api.http.JsonAnswer;
import nova.api.http.JsonFields;
import nova.api.http.Operation;
import nova.api.http.Page;
import nova.api.http.Slugs;
import nova.api.http.Uuids;
import nova.control.database.ListPosition;
import nova.control.token.IssuedToken;
import nova.control.token.Scope;
import nova.control.token.Token;
import nova.control.token.TokenId;
import nova.control.token.TokenTerms;
import nova.control.token.Tokens;
import org.jspecify.annotations.Nullable;

/// `/tokens`: who may use the API. A secret is in the answer that made its token, and in no other.
///
/// *Thread-safe.*
public final class TokenRoutes {
  private final Tokens tokens;
  private final InstantSource clock;

  public TokenRoutes(Tokens tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  public List<Operation> operations() {
    Access admin = Access.toServer(Scope.ADMIN);
    return List.of(
        Operation.get("listTokens", "/tokens", admin, this::list).taking("limit", "cursor"),
        Operation.post("createToken", "/tokens", admin, this::create),
        Operation.get("getToken", "/tokens/{id}", admin, this::find),
        Operation.post("revokeToken", "/tokens/{id}/revoke", admin, this::revoke));
  }

  private JsonAnswer list(ApiRequest request) {
    Optional<ListPosition<TokenId>> after =
        request.position(id -> Uuids.parse(id).map(TokenId::new));
    int limit = request.limit();
    Page<Token> page =
        Page.of(
            tokens.list(after, limit + 1),
            limit,
            token -> Cursors.after(token.createdAt(), token.id()));
    return JsonAnswer.ok(
        new TokenList(
            page.map(token -> TokenView.of(token, clock.instant(), null)), page.nextCursor()));
  }

  private JsonAnswer create(ApiRequest request) {
    JsonFields body = request.body().only("scope", "label", "channel", "expiresAt");
    IssuedToken issued =
        tokens.create(
            new TokenTerms(
                body.requiredOneOf("scope", Scope::of, "viewer, operator or admin"),
                body.text("label", Tokens.MAX_LABEL).orElse(""),
                body.oneOf("channel", Slugs::parse, Slugs.EXPECTED),
                body.time("expiresAt")),
            request.caller().actor());
    return JsonAnswer.created(
        "/tokens/" + issued.token().id(),
        TokenView.of(issued.token(), clock.instant(), issued.secret().value()));
  }

  private JsonAnswer find(ApiRequest request) {
    return answer(tokens.find(id(request)));
  }

  private JsonAnswer revoke(ApiRequest request) {
    request.body().only();
    return answer(tokens.revoke(id(request), request.caller().actor()));
  }

  private static TokenId id(ApiRequest request) {
    String id = request.path("id");
    return Uuids.parse(id).map(TokenId::new).orElseThrow(() -> ApiRequest.unknown("token", id));
  }

  private JsonAnswer answer(Token token) {
    return JsonAnswer.ok(TokenView.of(token, clock.instant(), null));
  }

  /// The JSON of a page.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record TokenList(List<TokenView> tokens, @Nullable String nextCursor) {
    TokenList {
      tokens = List.copyOf(tokens);
    }
  }
}
