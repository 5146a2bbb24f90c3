/** What the commands that run on Spark have in common: options, inputs, outputs, messages and exit codes. */
package io.decant.spark.command;
