/** {@code decant load-test}. */
package io.decant.loadtest.cli;
