/// The quality levels of the API.
///
/// Quality levels in, JSON out. Start reading at [QualityLevelRoutes].
@NullMarked
package nova.api.quality;

import org.jspecify.annotations.NullMarked;
