package io.decant.ingest.sink;

import io.decant.bucketer.Buckets;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.Piece;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.body.PartBody;
import io.decant.ingest.sink.body.PartBody.Extent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Cuts one batch into parts, in order, and knows how far it is delivered: the parts of one bucket from the first that
 * is not passed on, without gaps, up to the last that was cut. The next bucket is cut when this one is passed whole.
 *
 * <p>The end of a part depends on its first record, on the limits in the batch's cut, and on the boundaries that splits
 * made: so delivery from any {@link #progress()} makes the same parts.
 */
final class PartWindow {

    /** More than the boundaries that halving the largest part down to one record leaves open at a time. */
    private static final int HALVES_MAX = 64;

    /** Most runs that a part is split into in one step. */
    static final int RUNS_MAX = Piece.PER_MARK_MAX - HALVES_MAX;

    /**
     * The first part must never wait for room that only its own passing can make: so much of it is all that others may
     * take.
     */
    private static final int OTHERS_PIECES_MAX = Piece.PER_MARK_MAX / 4;

    private final Buckets buckets;
    private final PartBody body;
    private final SinkShape shape;
    private final int sizeMax;
    private final List<Part> parts = new ArrayList<>();
    /** Boundaries that the journal knew, behind the last part that was cut. */
    private final Deque<Piece> boundaries;

    private int bucket;
    private long nextFirst;
    private long nextCarried;
    private int pieces;
    /** Continues at the place at which the batch is begun. */
    private int splits;
    /** Of these, those that a crash would come back to. */
    private int durableSplits;

    private long passedPieces;
    private long made;
    /** Whether pieces came or passed that {@link #progress} does not tell of. */
    private boolean changed;

    private Progress progress;

    /**
     * @param sizeMax most parts that may be cut and not passed by {@link #progress()}
     * @throws IllegalArgumentException if the batch has no such place as {@code from}
     */
    PartWindow(OpenBatch batch, PartBody body, SinkShape shape, Progress from, int sizeMax) {
        this.buckets = batch.buckets();
        this.body = body;
        this.shape = shape;
        this.sizeMax = sizeMax;
        this.boundaries = new ArrayDeque<>(from.pieces());
        this.bucket = from.bucket();
        this.nextFirst = from.first();
        this.progress = from;
        this.splits = from.splits();
        this.durableSplits = from.splits();
        boolean atEnd = bucket == buckets.buckets() && nextFirst == 0 && boundaries.isEmpty();
        boolean inside = bucket >= 0
                && bucket < buckets.buckets()
                && nextFirst >= 0
                && nextFirst < buckets.records(bucket)
                && (boundaries.isEmpty() || boundaries.getLast().end() <= buckets.records(bucket));
        if (!atEnd && !inside) {
            throw new IllegalArgumentException("batch " + batch.cut().batch() + " has no place " + from + ": it has "
                    + buckets.buckets() + " buckets");
        }
        this.nextCarried = atEnd ? 0 : body.carriedBefore(bucket, nextFirst);
        this.passedPieces = countPassed();
    }

    Progress progress() {
        return progress;
    }

    /** How many parts were cut since the batch was begun, and pieces made of them. */
    long made() {
        return made;
    }

    /** How many parts were split, as {@link #progress()} counts them. */
    int splits() {
        return splits;
    }

    /** Whether pieces were made that a crash would not come back to. */
    boolean awaitsDurableProgress() {
        return splits > durableSplits;
    }

    /** Lets those pieces go that this progress knows. */
    void progressDurable(Progress durable) {
        durableSplits = Math.max(durableSplits, durable.splits());
        for (Part part : parts) {
            part.splitDurable(durableSplits);
        }
    }

    /** Whether the whole batch is passed. */
    boolean whole() {
        return bucket == buckets.buckets();
    }

    /** The parts that were cut and not passed yet, in order. */
    List<Part> parts() {
        return parts;
    }

    /** Parts that keep a place though they are not under way: they wait, are held, or are to be split. */
    int waiting() {
        int count = 0;
        for (Part part : parts) {
            count += part.isWaiting() ? 1 : 0;
        }
        return count;
    }

    /**
     * The part that goes out while no other may: the one asked for if it is still to be delivered, else the first that
     * is; null where all that were cut are answered.
     */
    Part probe(Part asked) {
        Part first = null;
        for (Part part : parts) {
            boolean answered = part.is(Part.State.ANSWERED) || part.is(Part.State.PASSED_BEFORE);
            // One that is being split waits for room, which only the first can make.
            if (!answered && part == asked && !part.is(Part.State.SPLITTING)) {
                return part;
            }
            first = answered || first != null ? first : part;
        }
        return first;
    }

    /** Whether a part may be cut now. */
    boolean hasNext() {
        return !whole() && nextFirst < buckets.records(bucket) && parts.size() < sizeMax;
    }

    /** Cuts the next part; it is answered already where there is nothing to send. */
    Part next() {
        Piece boundary = boundaries.peek();
        long limit = boundary == null ? buckets.records(bucket) : boundary.end();
        Extent extent = body.extent(bucket, nextFirst, limit, shape.maxRecords(), shape.maxBytes());
        boolean piece = boundary != null && extent.end() == boundary.end();
        boolean passed = piece && boundary.passed();
        Part part = part(nextFirst, nextCarried, extent, piece);
        if (passed) {
            part.passedBefore();
        } else if (part.carried() == 0) {
            part.answered();
        }
        if (piece) {
            boundaries.remove();
            pieces++;
        }
        nextFirst = extent.end();
        nextCarried += extent.carried();
        made++;
        parts.add(part);
        return part;
    }

    private Part part(long first, long carriedFirst, Extent extent, boolean piece) {
        assert extent.end() > first && extent.end() <= buckets.records(bucket) : extent;
        Part.Place place =
                new Part.Place(bucket, first, extent.end(), carriedFirst, extent.carried(), extent.bodyBytes());
        return new Part(place, piece, Part.State.READY);
    }

    /** Whether there is room now for the pieces that the part, {@link Part.State#SPLITTING}, is to be split into. */
    boolean maySplit(Part part) {
        return part == parts.get(0) || open() + part.runs().size() <= OTHERS_PIECES_MAX;
    }

    /** Boundaries that a mark must hold now. */
    private int open() {
        return pieces + boundaries.size();
    }

    /**
     * Puts in a part's place the pieces that it is to be split into. Where the first part is answered in more pieces
     * than there is room for, those at its end become one, and what the receiver took of that comes to it again.
     *
     * @param piece told of each new part, and what becomes of it
     */
    void split(Part part, BiConsumer<Part, Run> piece) {
        List<Run> runs = fitting(part);
        splits++;
        List<Part> fresh = new ArrayList<>(runs.size());
        long first = part.first();
        long carriedFirst = part.carriedFirst();
        for (Run run : runs) {
            Extent extent = body.extent(part.bucket(), first, run.end());
            Part next = part(first, carriedFirst, extent, true);
            piece.accept(next, run);
            fresh.add(next);
            first = run.end();
            carriedFirst += extent.carried();
        }
        assert first == part.end() : runs + " of " + part;
        int at = parts.indexOf(part);
        parts.remove(at);
        parts.addAll(at, fresh);
        pieces += fresh.size() - (part.isPiece() ? 1 : 0);
        made += fresh.size() - 1L;
        changed = true;
    }

    private List<Run> fitting(Part part) {
        List<Run> runs = part.runs();
        int room = Math.max(2, RUNS_MAX - open());
        if (runs.size() <= room || part.carried() < 2) {
            return runs;
        }
        List<Run> fitting = new ArrayList<>(runs.subList(0, room - 1));
        fitting.add(Run.again(part.end(), AnswerClass.AGAIN));
        return fitting;
    }

    /** Two runs of as many records each as can be, of those that are sent. */
    List<Run> halves(Part part, AnswerClass answer) {
        long middle = part.first();
        for (long left = part.carried() / 2; left > 0; middle++) {
            if (body.uncarried(part.bucket(), middle) == null) {
                left--;
            }
        }
        return List.of(Run.again(middle, answer), Run.again(part.end(), answer));
    }

    /**
     * Moves progress over what is passed without a gap, and on to the next bucket when this one is whole.
     *
     * @return whether it moved
     */
    boolean advance() {
        int count = 0;
        while (count < parts.size() && parts.get(count).passed()) {
            pieces -= parts.get(count).isPiece() ? 1 : 0;
            count++;
        }
        long first = count == 0 ? progress.first() : parts.get(count - 1).end();
        parts.subList(0, count).clear();
        boolean moved = count > 0;
        if (!whole() && parts.isEmpty() && nextFirst == buckets.records(bucket)) {
            bucket++;
            nextFirst = 0;
            nextCarried = 0;
            first = 0;
            moved = true;
        }
        if (open() > 0) {
            long nowPassed = countPassed();
            changed |= nowPassed != passedPieces;
            passedPieces = nowPassed;
        }
        if (moved || changed) {
            progress = new Progress(bucket, first, pieces(), splits);
            changed = false;
        }
        return moved;
    }

    private long countPassed() {
        return parts.stream().filter(Part::isPiece).filter(Part::passed).count()
                + boundaries.stream().filter(Piece::passed).count();
    }

    private List<Piece> pieces() {
        if (open() == 0) {
            return List.of();
        }
        List<Piece> all = new ArrayList<>(open());
        for (Part part : parts) {
            if (part.isPiece()) {
                all.add(new Piece(part.end(), part.passed()));
            }
        }
        all.addAll(boundaries);
        return all;
    }

    /** A part's body in a direct buffer that is the caller's to release. */
    ByteBuf body(Part part, ByteBufAllocator allocator) {
        return body(body, part, allocator);
    }

    /** The same by another maker of bodies of the batch, on its thread. */
    static ByteBuf body(PartBody body, Part part, ByteBufAllocator allocator) {
        int bytes = Math.toIntExact(part.bodyBytes());
        ByteBuf buffer = allocator.directBuffer(bytes, bytes);
        boolean whole = false;
        try {
            Extent extent = new Extent(part.end(), part.carried(), part.bodyBytes());
            long written = body.write(part.bucket(), part.first(), extent, buffer.memoryAddress());
            assert written == bytes : written + " bytes where " + bytes + " were counted";
            whole = true;
        } finally {
            // The records of an offloaded batch may be out of reach.
            if (!whole) {
                buffer.release();
            }
        }
        return buffer.writerIndex(bytes);
    }
}
