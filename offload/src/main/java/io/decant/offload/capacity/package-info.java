/** What a cluster has, what of it is free, and what a batch becomes there. */
package io.decant.offload.capacity;
