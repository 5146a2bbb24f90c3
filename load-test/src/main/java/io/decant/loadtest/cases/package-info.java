/**
 * The cases of {@code decant load-test}: each runs the limit and Decant in turn on the same data, and verifies what
 * came out.
 */
package io.decant.loadtest.cases;
