package nova.api.http;

import nova.core.Setting;

/// How much anybody may ask of the API. What needs no token is not counted; asking without one for
/// what needs it counts for the address, and so do wrong tokens.
///
/// *Immutable.*
public record ApiLimits(
    @Setting(
            value = "Requests of each token, and of each address without one, in the long run.",
            byDefault = "600")
        int requestsPerMinute,
    @Setting(value = "Requests at once of who has been quiet.", byDefault = "120") int requestBurst,
    @Setting(
            value =
                "Made-up tokens of each address, of the API and of players; beyond it those of its"
                    + " tokens that are not known are not looked up.",
            byDefault = "20")
        int failedAuthenticationsPerMinute) {
  private static final int MOST = 1_000_000;

  public ApiLimits {
    require("requests-per-minute", requestsPerMinute);
    require("request-burst", requestBurst);
    require("failed-authentications-per-minute", failedAuthenticationsPerMinute);
  }

  public static ApiLimits defaults() {
    return new ApiLimits(600, 120, 20);
  }

  private static void require(String key, int value) {
    if (value < 1 || value > MOST) {
      throw new IllegalArgumentException(
          "api.limits.%s is %d (expected: 1..%d)".formatted(key, value, MOST));
    }
  }
}
