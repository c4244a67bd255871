package nova.media.mp4;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nova.core.Bytes;

/// Chunks for tests, by hand and at random.
final class Chunks {
  private Chunks() {}

  static CmafSample sample(int length, long duration, long offset, boolean sync) {
    byte[] payload = new byte[length];
    new Random(length).nextBytes(payload);
    return new CmafSample(Bytes.wrap(payload), duration, offset, sync);
  }

  static CmafChunk of(CmafSample... samples) {
    return new CmafChunk(1, 0, false, Optional.empty(), List.of(samples));
  }

  static CmafChunk random(Random random) {
    List<CmafSample> samples = new ArrayList<>();
    boolean composition = random.nextBoolean();
    boolean uneven = random.nextBoolean();
    boolean audio = random.nextInt(4) == 0;
    int count = 1 + random.nextInt(30);
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[random.nextInt(50)];
      random.nextBytes(payload);
      samples.add(
          new CmafSample(
              Bytes.wrap(payload),
              uneven ? random.nextLong(CmafSample.MAX_UINT32 + 1) : 3000,
              composition ? random.nextInt() : 0,
              audio || random.nextInt(3) == 0));
    }
    Optional<ProducerReferenceTime> reference =
        random.nextBoolean() ? Optional.of(reference(random)) : Optional.empty();
    return new CmafChunk(
        random.nextLong(CmafSample.MAX_UINT32 + 1),
        random.nextLong(Long.MAX_VALUE),
        random.nextBoolean(),
        reference,
        samples);
  }

  private static ProducerReferenceTime reference(Random random) {
    ProducerReferenceTime.Event[] events = ProducerReferenceTime.Event.values();
    // 2001 to 2064, so beyond the wrap of NTP in 2036.
    Instant time =
        Instant.ofEpochSecond(
            1_000_000_000L + random.nextLong(2_000_000_000L), random.nextInt(1_000_000_000));
    return new ProducerReferenceTime(
        time, random.nextLong(Long.MAX_VALUE), events[random.nextInt(events.length)]);
  }
}
