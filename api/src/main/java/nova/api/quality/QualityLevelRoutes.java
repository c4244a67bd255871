package nova.api.quality;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import nova.api.http.Access;
import nova.api.http.ApiRequest;
import nova.api.http.JsonAnswer;
import nova.api.http.JsonFields;
import nova.api.http.Operation;
import nova.api.http.Times;
import nova.control.quality.QualityLevel;
import nova.control.quality.QualityLevelChange;
import nova.control.quality.QualityLevels;
import nova.control.token.Scope;

/// `/quality-levels`: what streams are encoded to.
///
/// *Thread-safe.*
public final class QualityLevelRoutes {
  private static final Pattern NAME = Pattern.compile("[1-9][0-9]{1,3}p");
  private static final int DEFAULT_FRAME_RATE = 60;

  private final QualityLevels levels;

  public QualityLevelRoutes(QualityLevels levels) {
    this.levels = levels;
  }

  public List<Operation> operations() {
    Access read = Access.of(Scope.VIEWER);
    Access change = Access.toServer(Scope.ADMIN);
    return List.of(
        Operation.get("listQualityLevels", "/quality-levels", read, this::list),
        Operation.post("createQualityLevel", "/quality-levels", change, this::create),
        Operation.get("getQualityLevel", "/quality-levels/{name}", read, this::find),
        Operation.patch("updateQualityLevel", "/quality-levels/{name}", change, this::update),
        Operation.delete("deleteQualityLevel", "/quality-levels/{name}", change, this::delete));
  }

  private JsonAnswer list(ApiRequest request) {
    return JsonAnswer.ok(
        new QualityLevelList(levels.list().stream().map(QualityLevelView::of).toList()));
  }

  private JsonAnswer create(ApiRequest request) {
    JsonFields body = request.body().only("height", "videoBitrateBps", "maxFrameRate", "enabled");
    QualityLevel made =
        levels.create(
            Math.toIntExact(
                body.requiredNumber("height", QualityLevel.MIN_HEIGHT, QualityLevel.MAX_HEIGHT)),
            body.requiredNumber(
                "videoBitrateBps", QualityLevel.MIN_BITRATE_BPS, QualityLevel.MAX_BITRATE_BPS),
            frameRate(body).orElse(DEFAULT_FRAME_RATE),
            body.flag("enabled").orElse(true),
            request.caller().actor());
    return JsonAnswer.created("/quality-levels/" + made.name(), QualityLevelView.of(made))
        .at(made.version());
  }

  private JsonAnswer find(ApiRequest request) {
    return answer(levels.find(name(request)));
  }

  private JsonAnswer update(ApiRequest request) {
    JsonFields body = request.body().only("videoBitrateBps", "maxFrameRate", "enabled");
    QualityLevelChange change =
        new QualityLevelChange(
            body.number(
                "videoBitrateBps", QualityLevel.MIN_BITRATE_BPS, QualityLevel.MAX_BITRATE_BPS),
            frameRate(body),
            body.flag("enabled"));
    return answer(
        levels.update(name(request), change, request.ifVersion(), request.caller().actor()));
  }

  private JsonAnswer delete(ApiRequest request) {
    levels.delete(name(request), request.ifVersion(), request.caller().actor());
    return JsonAnswer.nothing();
  }

  private static Optional<Integer> frameRate(JsonFields body) {
    return body.number("maxFrameRate", QualityLevel.MIN_FRAME_RATE, QualityLevel.MAX_FRAME_RATE)
        .map(Math::toIntExact);
  }

  private static String name(ApiRequest request) {
    String name = request.path("name");
    if (!NAME.matcher(name).matches()) {
      throw ApiRequest.unknown("quality-level", name);
    }
    return name;
  }

  private static JsonAnswer answer(QualityLevel level) {
    return JsonAnswer.ok(QualityLevelView.of(level)).at(level.version());
  }

  /// The JSON of the list.
  private record QualityLevelList(List<QualityLevelView> qualityLevels) {
    QualityLevelList {
      qualityLevels = List.copyOf(qualityLevels);
    }
  }

  /// The JSON of one level.
  private record QualityLevelView(
      String name,
      int height,
      long videoBitrateBps,
      int maxFrameRate,
      boolean enabled,
      String createdAt,
      String updatedAt,
      long version) {
    static QualityLevelView of(QualityLevel level) {
      return new QualityLevelView(
          level.name(),
          level.height(),
          level.videoBitrateBps(),
          level.maxFrameRate(),
          level.enabled(),
          Times.text(level.createdAt()),
          Times.text(level.updatedAt()),
          level.version());
    }
  }
}
