/** {@code decant bucket}: the job over files of lines, without a server. */
package io.decant.spark.bucket;
