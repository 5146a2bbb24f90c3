/** The Spark job that parts a large batch, and the process that drives it. */
package io.decant.spark;
