package nova.api.streamkey;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
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
import nova.api.http.Uuids;
import nova.control.database.ListPosition;
import nova.control.streamkey.ChannelKey;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyTerms;
import nova.control.streamkey.KnownKey;
import nova.control.streamkey.StreamKeys;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.core.StreamKeyId;
import org.jspecify.annotations.Nullable;

/// `/channels/{channel}/stream-keys` and `/stream-keys`: secrets with which encoders broadcast. A
/// secret is in the answer that made its key, and in no other.
///
/// *Thread-safe.*
public final class StreamKeyRoutes {
  private static final long DEFAULT_OVERLAP_S = 3_600;
  private static final int MAX_NETWORK_LENGTH = 60;

  private final StreamKeys keys;
  private final InstantSource clock;

  public StreamKeyRoutes(StreamKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  public List<Operation> operations() {
    Access operator = Access.of(Scope.OPERATOR);
    String ofChannel = "/channels/{channel}/stream-keys";
    return List.of(
        Operation.get("listStreamKeys", ofChannel, operator, this::list).taking("limit", "cursor"),
        Operation.post("createStreamKey", ofChannel, operator, this::create),
        Operation.get("getStreamKey", "/stream-keys/{id}", operator, this::find),
        Operation.post("rotateStreamKey", "/stream-keys/{id}/rotate", operator, this::rotate),
        Operation.post("revokeStreamKey", "/stream-keys/{id}/revoke", operator, this::revoke));
  }

  private JsonAnswer list(ApiRequest request) {
    ChannelSlug channel = request.channel();
    Optional<ListPosition<StreamKeyId>> after =
        request.position(id -> Uuids.parse(id).map(StreamKeyId::new));
    int limit = request.limit();
    Page<ChannelKey> page =
        Page.of(
            keys.list(channel, after, limit + 1),
            limit,
            key -> Cursors.after(key.createdAt(), key.id()));
    return JsonAnswer.ok(
        new StreamKeyList(
            page.map(key -> StreamKeyView.of(key, channel, clock.instant())), page.nextCursor()));
  }

  private JsonAnswer create(ApiRequest request) {
    JsonFields body = request.body().only("label", "expiresAt", "allowedNetworks");
    KeyTerms terms =
        new KeyTerms(
            body.text("label", ChannelKey.MAX_LABEL).orElse(""),
            body.texts("allowedNetworks", ChannelKey.MAX_NETWORKS, MAX_NETWORK_LENGTH)
                .orElse(List.of()),
            body.time("expiresAt"));
    return issued(keys.create(request.channel(), terms, request.caller().actor()), null);
  }

  private JsonAnswer find(ApiRequest request) {
    return answer(known(request));
  }

  private JsonAnswer rotate(ApiRequest request) {
    long overlap =
        request
            .body()
            .only("overlapSeconds")
            .number("overlapSeconds", 0, StreamKeys.MAX_OVERLAP.toSeconds())
            .orElse(DEFAULT_OVERLAP_S);
    StreamKeyId id = known(request).key().id();
    return issued(
        keys.rotate(id, Duration.ofSeconds(overlap), request.caller().actor()), id.toString());
  }

  private JsonAnswer revoke(ApiRequest request) {
    request.body().only();
    KnownKey known = known(request);
    ChannelKey revoked = keys.revoke(known.key().id(), request.caller().actor());
    return JsonAnswer.ok(StreamKeyView.of(revoked, known.channel(), clock.instant()));
  }

  /// The key that the path names, unless the caller may not know of it.
  private KnownKey known(ApiRequest request) {
    String id = request.path("id");
    return Uuids.parse(id)
        .map(uuid -> keys.find(new StreamKeyId(uuid)))
        .filter(key -> request.caller().sees(key.channel()))
        .orElseThrow(() -> ApiRequest.unknown("stream-key", id));
  }

  private JsonAnswer answer(KnownKey known) {
    return JsonAnswer.ok(StreamKeyView.of(known.key(), known.channel(), clock.instant()));
  }

  private JsonAnswer issued(IssuedKey issued, @Nullable String replaces) {
    return JsonAnswer.created(
        "/stream-keys/" + issued.key().id(),
        StreamKeyView.of(issued.key(), issued.channel(), clock.instant())
            .with(issued.secret().value(), replaces));
  }

  /// The JSON of a page.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record StreamKeyList(List<StreamKeyView> streamKeys, @Nullable String nextCursor) {
    StreamKeyList {
      streamKeys = List.copyOf(streamKeys);
    }
  }
}
