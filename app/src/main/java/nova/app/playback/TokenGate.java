package nova.app.playback;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.DatabaseAwayException;
import nova.control.playback.PlaybackRights;
import nova.control.playback.TooManyLookupsException;
import nova.control.playback.TooManyWrongTokensException;
import nova.core.ChannelSlug;
import nova.delivery.PlaybackGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets viewers in by the policies of channels and the API tokens of control.
///
/// *Thread-safe.*
public final class TokenGate implements PlaybackGate {
  private static final Logger log = LoggerFactory.getLogger(TokenGate.class);

  private final PlaybackRights rights;

  public TokenGate(PlaybackRights rights) {
    this.rights = rights;
  }

  @Override
  public Audience audienceOf(ChannelSlug channel) {
    return rights.policyOf(channel).map(TokenGate::audience).orElse(Audience.NOBODY);
  }

  @Override
  public CompletionStage<Verdict> judge(ChannelSlug channel, String secret, String address) {
    return rights
        .mayWatch(channel, secret, address)
        .handle(
            (mayWatch, failure) -> {
              if (failure == null) {
                return mayWatch ? Verdict.MAY_WATCH : Verdict.NOT_ALLOWED;
              }
              Throwable cause =
                  failure instanceof CompletionException wrapped && wrapped.getCause() != null
                      ? wrapped.getCause()
                      : failure;
              return switch (cause) {
                case TooManyWrongTokensException _ -> Verdict.TOO_MANY_WRONG;
                case TooManyLookupsException _, DatabaseAwayException _ -> Verdict.UNAVAILABLE;
                default -> {
                  log.atError().setCause(cause).log("a viewer's token could not be judged");
                  yield Verdict.UNAVAILABLE;
                }
              };
            });
  }

  private static Audience audience(PlaybackPolicy policy) {
    return switch (policy) {
      case PUBLIC -> Audience.EVERYBODY;
      case TOKEN -> Audience.TOKEN_HOLDERS;
    };
  }
}
