/// What tests share: seeded randomness, ways to cut input into pieces, golden files and readers
/// that share no code with the product.
///
/// Depends on no other module, so every module's tests may use it. Start reading at [Seeds].
@NullMarked
package nova.testkit;

import org.jspecify.annotations.NullMarked;
