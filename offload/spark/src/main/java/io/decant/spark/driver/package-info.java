/**
 * The process that drives jobs for a server: requests on standard input, answers on standard output, one Spark for all
 * of its life.
 */
package io.decant.spark.driver;
