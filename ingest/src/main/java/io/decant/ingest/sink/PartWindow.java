package io.decant.ingest.sink;

import io.decant.bucketer.Assignment;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Cuts one batch into parts, in order, and knows how far it is delivered: the parts of one bucket from the first that is
 * not delivered on, without gaps, up to the last that was cut. The next bucket is cut when this one is delivered whole.
 *
 * <p>The end of a part depends on its first record and on the limits in the batch's cut alone.
 */
final class PartWindow {

    private final Assignment buckets;
    private final SinkShape shape;
    private final int sizeMax;
    private final Deque<Part> parts = new ArrayDeque<>();
    private int bucket;
    private long nextFirst;
    private Progress progress;

    /**
     * @param sizeMax most parts that may be cut and not passed by {@link #progress()}
     * @throws IllegalArgumentException if the batch has no such place as {@code from}
     */
    PartWindow(OpenBatch batch, SinkShape shape, Progress from, int sizeMax) {
        this.buckets = batch.assignment();
        this.shape = shape;
        this.sizeMax = sizeMax;
        this.bucket = from.bucket();
        this.nextFirst = from.first();
        this.progress = from;
        boolean atEnd = bucket == buckets.buckets() && nextFirst == 0;
        boolean inside =
                bucket >= 0 && bucket < buckets.buckets() && nextFirst >= 0 && nextFirst < buckets.records(bucket);
        if (!atEnd && !inside) {
            throw new IllegalArgumentException("batch " + batch.cut().batch() + " has no place " + from + ": it has "
                    + buckets.buckets() + " buckets");
        }
    }

    Progress progress() {
        return progress;
    }

    /** Whether the whole batch is delivered. */
    boolean whole() {
        return bucket == buckets.buckets();
    }

    /** The parts that were cut and not passed yet, in order. */
    Iterable<Part> parts() {
        return parts;
    }

    /** Whether a part may be cut now. */
    boolean hasNext() {
        return !whole() && nextFirst < buckets.records(bucket) && parts.size() < sizeMax;
    }

    Part next() {
        long end = buckets.partEnd(bucket, nextFirst, shape.maxRecords(), shape.maxBytes());
        assert end > nextFirst && end <= buckets.records(bucket) : end;
        Part part = new Part(bucket, nextFirst, end);
        nextFirst = end;
        parts.addLast(part);
        return part;
    }

    /**
     * Moves progress over what is delivered without a gap, and on to the next bucket when this one is whole.
     *
     * @return whether it moved
     */
    boolean advance() {
        Progress before = progress;
        while (!parts.isEmpty() && parts.getFirst().delivered()) {
            progress = new Progress(bucket, parts.removeFirst().end());
        }
        if (!whole() && parts.isEmpty() && nextFirst == buckets.records(bucket)) {
            bucket++;
            nextFirst = 0;
            progress = new Progress(bucket, 0);
        }
        return !progress.equals(before);
    }

    /** A copy of a part's records, a newline after each, in a direct buffer that is the caller's to release. */
    ByteBuf body(Part part, ByteBufAllocator allocator) {
        int bytes = Math.toIntExact(buckets.linesLength(part.bucket(), part.first(), part.end()));
        ByteBuf body = allocator.directBuffer(bytes, bytes);
        long copied = buckets.copyLines(part.bucket(), part.first(), part.end(), body.memoryAddress());
        assert copied == bytes : copied + " bytes where " + bytes + " were counted";
        return body.writerIndex(bytes);
    }
}
