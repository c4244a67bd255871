package nova.transcode;

import java.util.List;

/// Port: the steps that ladders are planned from. A ladder that is planned keeps its steps; what
/// changes here is for those planned afterwards.
///
/// [#steps] returns at once and does not fail, also while whoever knows the steps cannot be asked.
///
/// *Thread-safe.*
@FunctionalInterface
public interface LadderSteps {
  /// In any order, each number of lines once, 8 at most; none when nothing is to be encoded.
  List<LadderStep> steps();
}
