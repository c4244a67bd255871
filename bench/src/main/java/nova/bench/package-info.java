/// The benchmarks of `make bench`: Nova beside its peers on this machine, in one run.
///
/// A server under test is a child process or an HTTP server on loopback; the load comes from this
/// process. Each [Bench] returns [Figure]s, and [Report] prints them against the budgets. Start
/// reading at [Main].
@NullMarked
package nova.bench;

import org.jspecify.annotations.NullMarked;
