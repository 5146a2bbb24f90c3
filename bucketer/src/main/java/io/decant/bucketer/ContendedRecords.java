package io.decant.bucketer;

import java.io.Serializable;

/**
 * Records of a segment that have several keys of which at least one comes again in the batch, in order of arrival: what
 * their buckets depend on, and as it goes over the network.
 *
 * @param records ordinals among the records of the segment that belong to buckets
 * @param keys for each of them a byte, whose bits say which of its keys come again, from the lowest on; and behind it
 *     the 8 bytes of the hash of each of these
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ContendedRecords(int[] records, byte[] keys) implements Serializable {}
