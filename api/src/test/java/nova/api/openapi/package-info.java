/// Holds answers to the API's document.
@NullMarked
package nova.api.openapi;

import org.jspecify.annotations.NullMarked;
