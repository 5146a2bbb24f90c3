package io.decant.ingest.journal;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The kept streams that are one request each, by source, the oldest first. A segment may bring far more of them than
 * memory holds, so that a checkpoint is too late to forget some: each source has a bound, at which its oldest one goes.
 *
 * <p>Owned by one thread, as the state that it belongs to.
 */
final class RequestStreams {

    /** What a stream takes of the heap beside its name, in the state and in the table of its source together. */
    private static final int OBJECT_BYTES = 400;

    /** The longest cursor of a stream that is a request: version, hash and number of records. */
    static final int CURSOR_BYTES_MAX = 37;

    /** The part of the heap that those of all sources may take. */
    private static final int HEAP_DIVISOR = 8;

    private final Map<String, SourceRequests> bySource = new HashMap<>();
    private long bytesMax = heapBytes();

    /** Heap for the streams of all sources together. */
    static long heapBytes() {
        return Runtime.getRuntime().maxMemory() / HEAP_DIVISOR;
    }

    /** What a stream counts: more than it takes in a checkpoint. */
    static long bytes(String name) {
        return OBJECT_BYTES + (long) name.length();
    }

    /**
     * What streams may count that take so many bytes of a checkpoint at the most. One with the longest name counts the
     * least for each byte that it takes there.
     */
    static long bytesOfCheckpoint(long checkpointBytes) {
        long encodedMax = JournalState.KEPT_STREAM_BYTES_MAX + CURSOR_BYTES_MAX;
        return checkpointBytes / encodedMax * bytes("x".repeat(StreamId.NAME_BYTES_MAX));
    }

    /** @param bytes most that the streams of one source may take; one stream is kept in any case */
    void limit(long bytes) {
        bytesMax = bytes;
    }

    /**
     * Takes a new stream, as the youngest; one that is no request is nothing to it.
     *
     * @param forget called with the oldest ones of its source that are too many by now
     */
    void add(StreamId stream, Consumer<StreamId> forget) {
        if (stream.isRequest()) {
            add(stream);
            for (StreamId oldest = overdue(stream.source()); oldest != null; oldest = overdue(stream.source())) {
                forget.accept(oldest);
            }
        }
    }

    private void add(StreamId stream) {
        SourceRequests requests = bySource.computeIfAbsent(stream.source(), source -> new SourceRequests());
        requests.queue.add(stream);
        requests.bytes += bytes(stream.name());
    }

    /** The oldest stream of a source that has too many, which is no longer counted; null where it has not. */
    private StreamId overdue(String source) {
        SourceRequests requests = bySource.get(source);
        if (requests == null || requests.bytes <= bytesMax || requests.queue.size() < 2) {
            return null;
        }
        StreamId oldest = requests.queue.remove();
        requests.bytes -= bytes(oldest.name());
        return oldest;
    }

    /** Begins anew, with the streams that are left, in their order. */
    void reset(Iterable<StreamId> streams) {
        bySource.clear();
        for (StreamId stream : streams) {
            if (stream.isRequest()) {
                add(stream);
            }
        }
    }

    /** Those of a source. */
    private static final class SourceRequests {
        private final Queue<StreamId> queue = new ArrayDeque<>();
        private long bytes;
    }
}
