/** Microbenchmarks of the hot path, part by part; {@code decant load-test --case jmh} runs them. */
package io.decant.loadtest.jmh;
