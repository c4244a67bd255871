/// Servers under test as child processes, and what the kernel says of their time and memory.
///
/// A command line becomes a running server that ends with its benchmark. Start reading at
/// [ServerProcess].
@NullMarked
package nova.bench.process;

import org.jspecify.annotations.NullMarked;
