package nova.delivery.http;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.ChannelSlug;
import nova.delivery.PlaybackGate;

/// A gate that knows what the test says.
///
/// *Thread-safe.*
final class ScriptedGate implements PlaybackGate {
  final Map<String, Audience> audiences = new ConcurrentHashMap<>();
  final Map<String, Verdict> verdicts = new ConcurrentHashMap<>();
  final Map<String, CompletableFuture<Verdict>> later = new ConcurrentHashMap<>();
  final List<String> judged = new CopyOnWriteArrayList<>();
  final List<String> addresses = new CopyOnWriteArrayList<>();

  ScriptedGate(Audience audience) {
    audiences.put(DeliveryFixture.CHANNEL, audience);
    verdicts.put("good", Verdict.MAY_WATCH);
  }

  @Override
  public Audience audienceOf(ChannelSlug channel) {
    return audiences.getOrDefault(channel.value(), Audience.NOBODY);
  }

  @Override
  public CompletionStage<Verdict> judge(ChannelSlug channel, String secret, String address) {
    judged.add(channel + " " + secret);
    addresses.add(address);
    CompletableFuture<Verdict> pending = later.get(secret);
    return pending != null
        ? pending
        : CompletableFuture.completedStage(verdicts.getOrDefault(secret, Verdict.NOT_ALLOWED));
  }
}
