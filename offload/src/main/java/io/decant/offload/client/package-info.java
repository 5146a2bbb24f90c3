/**
 * The server's side of offloading: the driver process, supervised, and what is asked of it. Knows nothing of Spark's
 * classes.
 */
package io.decant.offload.client;
