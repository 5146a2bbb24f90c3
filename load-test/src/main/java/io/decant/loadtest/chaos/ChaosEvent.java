package io.decant.loadtest.chaos;

/**
 * One event of the schedule.
 *
 * @param atMillis when it begins, since the beginning of the run
 * @param lastsMillis until it ends; 0 for an instant
 * @param choice from which everything else about it is derived; not negative
 */
record ChaosEvent(long atMillis, EventKind kind, long lastsMillis, int choice) {

    /** One of so many ways, by some bits of the choice. */
    int way(int shift, int ways) {
        return (choice >>> shift) % ways;
    }

    String text() {
        return kind.text() + (lastsMillis > 0 ? " for " + lastsMillis + " ms" : "");
    }
}
