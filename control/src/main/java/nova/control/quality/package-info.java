/// Quality levels: what streams are encoded to.
///
/// Start reading at [QualityLevels].
@NullMarked
package nova.control.quality;

import org.jspecify.annotations.NullMarked;
