package io.decant.offload.staging;

/**
 * What a staged block says beside its records.
 *
 * @param source the source's name
 * @param stream the stream's name within its source
 * @param first ordinal in the stream of the first record
 * @param arrivalMillis when the block arrived, milliseconds since the epoch
 * @param records how many, at least 1
 * @param framed whether the payload is a run of frames; else lines, each followed by a newline
 */
public record StagedBlock(String source, String stream, long first, long arrivalMillis, int records, boolean framed) {}
