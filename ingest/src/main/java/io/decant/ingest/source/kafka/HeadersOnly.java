package io.decant.ingest.source.kafka;

/**
 * Records of one answer that have headers and neither key nor value, as far as their batches were looked into. They
 * pass no deserializer, so {@link UnpackBudget} does not see them: a consumer unpacks as many of them as one poll
 * takes, of any batches of the answer. For one thread.
 */
final class HeadersOnly {

    private long bytes;
    private long most;

    /** A record of so many bytes. */
    void add(int length) {
        bytes += length;
        most = Math.max(most, length);
    }

    /** What the largest of them may take together, if so many records are unpacked together. */
    long atOnce(int recordsAtOnce) {
        return Math.min(bytes, most * recordsAtOnce);
    }

    HeadersOnly copy() {
        HeadersOnly copy = new HeadersOnly();
        copy.become(this);
        return copy;
    }

    /** Takes the other's numbers. */
    void become(HeadersOnly other) {
        bytes = other.bytes;
        most = other.most;
    }
}
