/**
 * Records, keys and the bucket rule: the k-th occurrence of a key in a batch goes to bucket k.
 *
 * <p>The way through: {@link io.decant.bucketer.Chunks} say where a batch's records lie,
 * {@link io.decant.bucketer.Keying} how they are told apart, {@link io.decant.bucketer.BucketAssigner} makes an
 * {@link io.decant.bucketer.Assignment} of both. Records stay where they are and everything else lies off the heap, so
 * a batch may be larger than the heap many times over. Nothing here does I/O, keeps time or starts threads of its own
 * (but for a regular expression that needs a deep stack).
 */
package io.decant.bucketer;
