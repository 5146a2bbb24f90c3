package io.decant.ingest.source;

/**
 * What a source takes of the process at its bounds, beside what each source takes.
 *
 * @param descriptors file descriptors, those of accepted connections excepted
 * @param connections that it accepts at a time; 0: it does not listen
 * @param lines that may have come in part at a time; one of each connection over which lines come
 * @param heapBytes of answers to what it asks for, as a rule
 * @param heapBytesMax the same with the longest record; the server has room for one source at this bound at a time
 * @param heapUse what takes that heap, in words: {@code what Kafka brokers answer}; empty: nothing does
 */
public record SourceNeeds(
        int descriptors, int connections, int lines, long heapBytes, long heapBytesMax, String heapUse) {

    /** Of a source that listens. */
    public static SourceNeeds ofListener(int connections) {
        return new SourceNeeds(0, connections, connections, 0, 0, "");
    }

    /** Of a source that reads lines from a server, over one connection. */
    public static SourceNeeds ofLineClient() {
        return new SourceNeeds(1, 0, 1, 0, 0, "");
    }

    /** Of a source that connects to others. */
    public static SourceNeeds ofClient(int descriptors, long heapBytes, long heapBytesMax, String heapUse) {
        return new SourceNeeds(descriptors, 0, 0, heapBytes, heapBytesMax, heapUse);
    }

    /** Whether it listens for connections. */
    public boolean isListener() {
        return connections > 0;
    }
}
