package nova.api.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The static files of the pages, read from the class path once. Their common version is a hash of
/// them all, so every address changes when any of them does, and none ever changes its content.
///
/// *Immutable.*
public final class SiteAssets {
  /// Only what is named here can be requested.
  private static final List<String> NAMES =
      List.of(
          "abr.js",
          "aligned-segments.js",
          "clock.js",
          "controls.js",
          "docs.css",
          "docs.js",
          "dom.js",
          "embed.js",
          "hls-config.js",
          "home.js",
          "icon.svg",
          "live-edge.js",
          "nova.css",
          "options.js",
          "playback.js",
          "player.js",
          "player.css",
          "quality-menu.js",
          "quality.js",
          "renditions.js",
          "stage.js",
          "token.js",
          "watch.js",
          "vendor/hls.js-1.7.4/LICENSE",
          "vendor/hls.js-1.7.4/hls.min.mjs",
          "vendor/swagger-ui-5.35.0/LICENSE",
          "vendor/swagger-ui-5.35.0/NOTICE",
          "vendor/swagger-ui-5.35.0/swagger-ui-bundle.js",
          "vendor/swagger-ui-5.35.0/swagger-ui-bundle.js.LICENSE.txt",
          "vendor/swagger-ui-5.35.0/swagger-ui.css");

  private final String version;
  private final Map<String, SiteAsset> byName;

  private SiteAssets(String version, Map<String, SiteAsset> byName) {
    this.version = version;
    this.byName = Map.copyOf(byName);
  }

  public static SiteAssets load() {
    MessageDigest digest = sha256();
    Map<String, SiteAsset> assets = new TreeMap<>();
    for (String name : NAMES) {
      byte[] content = resource("assets/" + name);
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      digest.update(content);
      assets.put(name, SiteAsset.of(name, content));
    }
    return new SiteAssets(HexFormat.of().formatHex(digest.digest(), 0, 8), assets);
  }

  /// Part of the address of every asset.
  String version() {
    return version;
  }

  Optional<SiteAsset> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  SiteAsset icon() {
    return find("icon.svg").orElseThrow();
  }

  /// The text of a page template.
  String template(String name) {
    return new String(resource(name), StandardCharsets.UTF_8);
  }

  private static byte[] resource(String name) {
    try (@Nullable InputStream in = SiteAssets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "the page file %s is missing from the program; build it again".formatted(name));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the page file " + name, e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
