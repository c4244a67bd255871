package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A page with Nova's player, and what its `<video>` element says about itself.
final class WatchedPage {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Page page;

  WatchedPage(Page page) {
    this.page = page;
    page.waitForSelector(
        "video",
        new Page.WaitForSelectorOptions()
            .setState(com.microsoft.playwright.options.WaitForSelectorState.ATTACHED));
    // A stall is `waiting` after the first frame was shown; the player's own recovery must not hide
    // one.
    page.evaluate(
        """
        () => {
          const video = document.querySelector('video');
          window.seen = { stalls: 0, started: false };
          video.addEventListener('playing', () => { window.seen.started = true; });
          video.addEventListener('waiting', () => { if (window.seen.started) window.seen.stalls++; });
          if (!video.paused && video.readyState > 2) window.seen.started = true;
        }
        """);
  }

  /// One look at the player.
  ///
  /// @param latency seconds between now and the programme date of what is on screen, -1 while
  ///   unknown
  record Look(
      double currentTime,
      int stalls,
      double videoBytes,
      double audioBytes,
      double latency,
      String state,
      int height) {
    private static Look of(Object value) {
      Map<?, ?> map = (Map<?, ?>) value;
      return new Look(
          number(map, "currentTime"),
          (int) number(map, "stalls"),
          number(map, "videoBytes"),
          number(map, "audioBytes"),
          number(map, "latency"),
          String.valueOf(map.get("state")),
          (int) number(map, "height"));
    }

    private static double number(Map<?, ?> map, String key) {
      return map.get(key) instanceof Number n ? n.doubleValue() : -1;
    }
  }

  Look look() {
    return Look.of(
        page.evaluate(
            """
            () => {
              const video = document.querySelector('video');
              return {
                currentTime: video.currentTime,
                stalls: window.seen.stalls,
                videoBytes: video.webkitVideoDecodedByteCount,
                audioBytes: video.webkitAudioDecodedByteCount,
                latency: parseFloat(document.getElementById('player').dataset.latency || '-1'),
                state: document.getElementById('player').dataset.state ?? '',
                height: video.videoHeight,
              };
            }
            """));
  }

  /// Waits until a look satisfies `condition`.
  Look await(String what, Predicate<Look> condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Look look = look();
    while (!condition.test(look)) {
      assertThat(System.nanoTime())
          .as("%s within %s; last: %s", what, PATIENCE, look)
          .isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(200);
      look = look();
    }
    return look;
  }

  Look awaitPlaying() throws InterruptedException {
    double from = look().currentTime();
    return await("playing", l -> l.currentTime() > from + 1 && l.videoBytes() > 0);
  }

  /// Waits until an element shows a text.
  void awaitText(String selector, String text) {
    page.waitForFunction(
        "([selector, text]) => document.querySelector(selector)?.textContent === text",
        List.of(selector, text),
        new Page.WaitForFunctionOptions().setTimeout((double) PATIENCE.toMillis()));
  }

  /// What the page will write to its console from now on.
  List<String> console() {
    List<String> said = new ArrayList<>();
    page.onConsoleMessage(message -> said.add(message.text()));
    return said;
  }

  Page page() {
    return page;
  }
}
