/** {@code decant job}: a job of the user's own over files, not over a batch of the server's. */
package io.decant.spark.filejob;
