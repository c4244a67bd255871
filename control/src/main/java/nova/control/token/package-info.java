/// API tokens: who may do what.
///
/// A secret in, its [Token] out. Start reading at [Tokens].
@NullMarked
package nova.control.token;

import org.jspecify.annotations.NullMarked;
