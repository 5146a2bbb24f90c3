package io.decant.ingest.sink;

import java.util.List;

/**
 * A slice of a bucket that one request carries, from {@code first} to {@code end} (exclusive), and its state. Owned
 * by the sink that cut it.
 *
 * <pre>
 *   READY -----> UNDER_WAY -----------------------> ANSWERED
 *     |           |   ^  |                             ^
 *     |    failed v   |  | refused, or answered        | a record alone, or nothing in it to send
 *     |         WAITING  | record by record            |
 *     |             ^    v                             |
 *     |     synced  |  SPLITTING ---> its pieces ------+
 *     |             |                    |
 *     |            HELD &lt;----------------+ to be sent
 *     +-- nothing in it to send: ANSWERED; passed before a crash: PASSED_BEFORE
 * </pre>
 */
public final class Part {

    /** Where a part stands. */
    public enum State {
        /** A piece whose split a crash would forget: not sent yet. */
        HELD,
        /** To be sent. */
        READY,
        UNDER_WAY,
        /** Failed; goes again when it is due. */
        WAITING,
        /** Answered permanently, but not as a whole: to be replaced by its pieces. */
        SPLITTING,
        /** Nothing more is sent. Passed once its dead letters, if it has any, are synced. */
        ANSWERED,
        /** A piece that was passed before this sink came to it. */
        PASSED_BEFORE
    }

    /** Where the part lies, in records of the bucket, and in those of them that the batch's format carries. */
    public record Place(int bucket, long first, long end, long carriedFirst, long carried, long bodyBytes) {}

    private final Place place;
    private final boolean piece;
    private State state;
    private AnswerClass failure;
    private int failures;
    private long dueNanos;
    private int heldBySplit;
    private long heldAtNanos;
    private List<Run> runs = List.of();
    private Rejection refusal;
    private boolean lettersPending;

    /** @param piece whether it was split off a larger part */
    public Part(Place place, boolean piece, State state) {
        this.place = place;
        this.piece = piece;
        this.state = state;
    }

    /** The bucket's number within its batch, from 0. */
    public int bucket() {
        return place.bucket();
    }

    /** Ordinal of its first record in the bucket. */
    public long first() {
        return place.first();
    }

    long end() {
        return place.end();
    }

    /** Records that are sent. */
    public long carried() {
        return place.carried();
    }

    /** Ordinal of the first of them among those of the bucket that can be sent. */
    public long carriedFirst() {
        return place.carriedFirst();
    }

    long bodyBytes() {
        return place.bodyBytes();
    }

    boolean isPiece() {
        return piece;
    }

    State state() {
        return state;
    }

    boolean is(State asked) {
        return state == asked;
    }

    /** Whether it is to be sent, or its pieces are, and not now. */
    boolean isWaiting() {
        return state == State.WAITING || state == State.HELD || state == State.SPLITTING;
    }

    /** How often it has failed. */
    int failures() {
        return failures;
    }

    /** What it last failed by; null if it never did. */
    AnswerClass failure() {
        return failure;
    }

    /** When it goes again; for a part that is held, once it is not. */
    long dueNanos() {
        return dueNanos;
    }

    /** What becomes of it, where it is split. */
    List<Run> runs() {
        return runs;
    }

    /** Why none of its records will ever be taken; null where they were, or may be. */
    Rejection refusal() {
        return refusal;
    }

    /** Whether all its records are delivered, or durable dead letters. */
    boolean passed() {
        return state == State.PASSED_BEFORE || (state == State.ANSWERED && !lettersPending);
    }

    void lettersPending(boolean pending) {
        lettersPending = pending;
    }

    void sent() {
        state = State.UNDER_WAY;
    }

    void answered() {
        state = State.ANSWERED;
    }

    void passedBefore() {
        state = State.PASSED_BEFORE;
    }

    void refused(Rejection by) {
        refusal = by;
        state = State.ANSWERED;
    }

    void failed(AnswerClass by, long againAtNanos) {
        failure = by;
        failures++;
        state = State.WAITING;
        dueNanos = againAtNanos;
    }

    void splitInto(List<Run> pieces) {
        runs = pieces;
        state = State.SPLITTING;
    }

    /** Since when it is held, where it is. */
    long heldAtNanos() {
        return heldAtNanos;
    }

    /** Waits until the split of this number is durable, then until {@code delayNanos} from now. */
    void hold(int split, long nowNanos, long delayNanos, AnswerClass by) {
        state = State.HELD;
        heldBySplit = split;
        heldAtNanos = nowNanos;
        dueNanos = nowNanos + delayNanos;
        failure = by;
        failures = by == AnswerClass.REFUSED ? 0 : 1;
    }

    /** A crash would come back to what the splits up to this one made. */
    void splitDurable(int split) {
        if (state == State.HELD && heldBySplit <= split) {
            state = State.WAITING;
        }
    }

    @Override
    public String toString() {
        return "bucket " + bucket() + ", first " + carriedFirst() + ", count " + carried();
    }
}
