/// The API's own description, for programs and, rendered by a page, for people.
///
/// YAML files on the class path in, one OpenAPI document out. Start reading at `nova.yaml`, then
/// [ApiDocument].
@NullMarked
package nova.api.openapi;

import org.jspecify.annotations.NullMarked;
