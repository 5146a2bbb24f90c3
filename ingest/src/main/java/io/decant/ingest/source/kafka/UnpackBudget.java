package io.decant.ingest.source.kafka;

import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * How much one poll may unpack. A consumer unpacks a compressed batch record by record, up to a number of records,
 * however large they are; 60 KB on the wire may be 60 MB. So the deserializers refuse the record that would go over the
 * budget: the consumer then returns those before it, keeps the refused one, and offers it again at the next poll. The
 * first record of a poll always passes. Belongs to the thread that polls.
 */
final class UnpackBudget {

    /** Says nothing of its record, so one does for all. */
    private static final class Spent extends SerializationException {

        private static final long serialVersionUID = 1;

        Spent() {
            super("the next poll takes it");
        }
    }

    private final Spent spent = new Spent();

    private final long bytesMax;
    private long bytes;
    /**
     * Those of the first record of the poll, and of the newest: a consumer makes them for each, and shows them with key
     * and value.
     */
    private Headers first;

    private Headers newest;

    UnpackBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** A sixteenth of the heap. */
    static UnpackBudget ofHeap() {
        return new UnpackBudget(Runtime.getRuntime().maxMemory() / 16);
    }

    /** A poll begins. */
    void renew() {
        bytes = 0;
        first = null;
        newest = null;
    }

    /** Whether the failure says no more than that a poll's budget was spent. */
    static boolean isSpent(RuntimeException failure) {
        return failure instanceof RecordDeserializationException && failure.getCause() instanceof Spent;
    }

    /**
     * Takes a key or a value, and the headers beside it.
     *
     * @throws SerializationException where the budget is spent
     */
    void take(int length, Headers headers) {
        long taken = length;
        if (headers != newest) {
            newest = headers;
            first = first == null ? headers : first;
            for (Header header : headers.toArray()) {
                taken += header.key().length() + (header.value() == null ? 0 : header.value().length);
            }
        }
        if (headers != first && bytes + taken > bytesMax) {
            throw spent;
        }
        bytes += taken;
    }
}
