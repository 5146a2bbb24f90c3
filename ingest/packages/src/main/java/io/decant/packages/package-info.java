/** Makes packages of what the build has assembled. Runs in the build alone, on one thread. */
package io.decant.packages;
