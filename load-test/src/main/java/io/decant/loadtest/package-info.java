/** Load generator, limits, peers and microbenchmarks. A leaf: nothing depends on it. */
package io.decant.loadtest;
