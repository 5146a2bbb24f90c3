/** The Spark job that splits a large batch, and the process that drives it. */
package io.decant.spark;
