/**
 * What this machine can do: a small C program, compiled where there is a compiler, and a Java one that does the same
 * where there is none.
 */
package io.decant.loadtest.limit;
