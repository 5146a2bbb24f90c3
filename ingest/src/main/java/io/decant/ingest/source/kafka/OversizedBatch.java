package io.decant.ingest.source.kafka;

/**
 * A batch that must not be unpacked.
 *
 * @param first its first offset, as Kafka's consumer names it where it refuses the batch
 * @param last its last offset
 * @param offset of the first record that is too much
 * @param bytes what cannot be unpacked takes in memory, or that much at least
 * @param isHeaders whether these are records with headers only, of this batch and of those before it in the same
 *     answer, which a consumer unpacks however many there are; else it is one record
 */
record OversizedBatch(long first, long last, long offset, long bytes, boolean isHeaders) {

    /**
     * What an operator is told.
     *
     * @param source name of the source, for its settings
     */
    String describe(String source) {
        String what = isHeaders
                ? "its records without key and value, and those before it in the broker's answer, have headers that"
                        + " unpack to " + bytes
                        + " bytes together, beyond the memory of this server; restart with a larger heap (-Xmx), or"
                        + " with sources." + source + ".properties.max.poll.records: 1, to continue with it"
                : "the record at offset " + offset + " unpacks to " + bytes
                        + " bytes, beyond the memory of this server; restart with a larger max-record and heap (-Xmx)"
                        + " to continue with it";
        return "the batch of offsets " + first + " to " + last + " cannot be unpacked: " + what;
    }
}
