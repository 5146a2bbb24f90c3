package io.decant.ingest.sink;

/**
 * What a sink takes of the process at its bounds, beside what each sink takes.
 *
 * @param descriptors file descriptors
 * @param requests that are under way at a time, by {@code concurrency}; 0: it keeps no bodies in memory
 * @param requestBytes direct memory of the largest of them, by {@code max-bytes}
 * @param compressed whether that includes a compressed copy of the body
 */
public record SinkNeeds(int descriptors, int requests, long requestBytes, boolean compressed) {

    /** Of a sink that keeps no bodies in memory. */
    public static SinkNeeds ofDescriptors(int descriptors) {
        return new SinkNeeds(descriptors, 0, 0, false);
    }

    /** Whether it keeps bodies in memory while their requests are under way. */
    public boolean hasRequests() {
        return requests > 0;
    }

    /** Direct memory of all requests at a time. */
    public long requestsBytes() {
        return requests * requestBytes;
    }
}
