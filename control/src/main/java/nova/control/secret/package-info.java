/// Secrets that people are given once, and what is kept of them.
///
/// Randomness in, text and hash out. Start reading at [Secrets].
@NullMarked
package nova.control.secret;

import org.jspecify.annotations.NullMarked;
