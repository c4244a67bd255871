package nova.delivery.http;

import nova.delivery.CachePolicy;
import nova.delivery.Refusal;

/// What refused clients are told.
final class Refusals {
  private Refusals() {}

  static void answer(Reply reply, Refusal refusal) {
    switch (refusal) {
      case TOO_MANY_HELD_BY_ADDRESS ->
          reply.error(
              429,
              "Too many requests from this address are waiting; wait for their answers first.",
              CachePolicy.NO_STORE);
      case TOO_MANY_HELD_FOR_STREAM ->
          reply.unavailable(
              "Too many requests are waiting for this stream; try again.", CachePolicy.NO_STORE);
      case STOPPING ->
          reply.unavailable("The server is stopping; try again.", CachePolicy.NO_STORE);
      case NEEDS_TOKEN -> {
        Headers.askForToken(reply.request().response().headers());
        reply.error(
            401,
            "This channel is for viewers with a token; send it as Authorization: Bearer, or put"
                + " /p/{token} before the path.",
            CachePolicy.NO_STORE);
      }
      case TOKEN_NOT_ALLOWED ->
          reply.error(
              403, "This token does not open this channel, or no longer.", CachePolicy.NO_STORE);
      case TOO_MANY_WRONG_TOKENS ->
          reply.error(
              429,
              "Too many wrong tokens came from this address; wait a moment.",
              CachePolicy.NO_STORE);
      case TOKEN_NOT_JUDGED ->
          reply.unavailable("The token could not be checked; try again.", CachePolicy.NO_STORE);
      case MEDIA_UNAVAILABLE ->
          reply.unavailable("The media cannot be read now; try again.", CachePolicy.NO_STORE);
      case TOO_MUCH_MEDIA_AWAITED ->
          reply.unavailable(
              "Too many requests are waiting for media; try again.", CachePolicy.NO_STORE);
      case HELD_TOO_LONG, BAD_DIRECTIVE, TOO_SLOW ->
          throw new IllegalStateException(refusal + " is answered where it is found");
    }
  }
}
