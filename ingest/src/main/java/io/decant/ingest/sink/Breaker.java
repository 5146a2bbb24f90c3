package io.decant.ingest.sink;

import io.decant.ingest.deadletter.RefusalHistory;
import java.util.function.IntToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an endpoint that refuses everything from emptying a stream into the dead letters: counts the records that are
 * refused in a row, in the order of answers, and opens at the bound. Then no refused record becomes a dead letter, and
 * one of them, the opener, is sent again and again until the receiver takes something.
 *
 * <pre>
 *   CLOSED ---- refused in a row: as many as the bound ----> OPEN
 *      ^                                                       |
 *      +------------------ anything accepted ------------------+
 * </pre>
 *
 * <p>After a start it counts on from what the letters tell, so it has to wait for those before it counts its first
 * refusal.
 *
 * <p>Owned by the delivery thread.
 */
final class Breaker {

    /** Whether refused records become dead letters. */
    enum State {
        CLOSED,
        OPEN
    }

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private final String sink;
    private final int max;
    private State state = State.CLOSED;
    private int count;
    /** Whether the count is that of the start, and says nothing yet. */
    private boolean historyMissing;

    private Part opener;
    private String lastAnswer = "";

    /** @param max refused records in a row at which it opens; 0: never */
    Breaker(String sink, int max) {
        this.sink = sink;
        this.max = max;
        this.historyMissing = max > 0;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether refusals can be counted now, or what was refused before the start is not known yet. */
    boolean canCount(RefusalHistory history) {
        return !historyMissing || history != null;
    }

    /**
     * Counts on from before the start; nothing, unless it is the first time and nothing was accepted since.
     *
     * @param batch number of the batch that {@code records} is of
     * @param records in each of its buckets
     */
    void countOn(RefusalHistory history, long batch, IntToLongFunction records) {
        if (historyMissing) {
            historyMissing = false;
            // The next one opens it if there were as many; what was refused last is a letter already.
            count = Math.min(history.inARow(batch, records), max - 1);
        }
    }

    /** The receiver took a record; whether that closes it. */
    boolean accepted() {
        boolean wasOpen = isOpen();
        historyMissing = false;
        count = 0;
        opener = null;
        move(State.CLOSED, "the receiver accepted a record");
        return wasOpen;
    }

    /**
     * Records were refused, one behind the other.
     *
     * @param answer what the receiver said of the first of them
     * @return how many of them, from the first on, become dead letters; where it is now open and was not, the one
     *     behind them is the opener
     */
    long refused(long records, String answer) {
        lastAnswer = answer;
        if (max == 0) {
            return records;
        }
        if (isOpen()) {
            return 0;
        }
        if (records < max - count) {
            count += (int) records;
            return records;
        }
        int givenUp = max - 1 - count;
        count = max;
        move(State.OPEN, error());
        return givenUp;
    }

    /** The record that opened it is this part's only one; nothing if it is closed again. */
    void openedBy(Part part) {
        opener = isOpen() ? part : null;
    }

    /** The part that is to be sent while it is open; null where it is not known, or not split off yet. */
    Part opener() {
        return opener;
    }

    /** What the receiver said of the record that was refused last. */
    String lastAnswer() {
        return lastAnswer;
    }

    /** What happens while it is open, and what to do. */
    String error() {
        return count + " records refused in a row; the last: " + lastAnswer
                + "; it is retried until the receiver accepts a record, and nothing else is sent or becomes a dead"
                + " letter; fix the receiver, or raise refused-in-a-row and restart";
    }

    private void move(State to, String why) {
        if (to != state) {
            log.warn("sink {}: breaker {} -> {}: {}", sink, state, to, why);
            state = to;
        }
    }
}
