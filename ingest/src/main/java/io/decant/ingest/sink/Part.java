package io.decant.ingest.sink;

/**
 * A slice of a bucket that one request carries, from {@code first} to {@code end} (exclusive), and how it fares. Owned by
 * the sink that cut it.
 */
final class Part {

    /** Where a part stands; it begins under way. */
    enum State {
        UNDER_WAY,
        /** Failed; goes again when it is due. */
        WAITING,
        DELIVERED,
        /** Not to be sent again by this process. */
        REFUSED
    }

    private final int bucket;
    private final long first;
    private final long end;
    private State state = State.UNDER_WAY;
    private AnswerClass failure;
    private int failures;
    private long dueNanos;

    Part(int bucket, long first, long end) {
        this.bucket = bucket;
        this.first = first;
        this.end = end;
    }

    int bucket() {
        return bucket;
    }

    long first() {
        return first;
    }

    long end() {
        return end;
    }

    long records() {
        return end - first;
    }

    /** How often it has failed. */
    int failures() {
        return failures;
    }

    /** What it last failed by; null if it never did. */
    AnswerClass failure() {
        return failure;
    }

    boolean delivered() {
        return state == State.DELIVERED;
    }

    boolean waiting() {
        return state == State.WAITING;
    }

    long dueNanos() {
        return dueNanos;
    }

    void sent() {
        state = State.UNDER_WAY;
    }

    void answered() {
        state = State.DELIVERED;
    }

    void failed(AnswerClass by) {
        failure = by;
        failures++;
    }

    void waitUntil(long nanos) {
        state = State.WAITING;
        dueNanos = nanos;
    }

    void refused() {
        state = State.REFUSED;
    }

    @Override
    public String toString() {
        return "bucket " + bucket + ", first " + first + ", count " + records();
    }
}
