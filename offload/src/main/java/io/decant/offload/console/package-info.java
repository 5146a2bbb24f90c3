/** Standard output of the commands, of the server's and of Spark's alike. */
package io.decant.offload.console;
