package io.decant.ingest.source;

/**
 * How many sockets of accepted connections a TCP source may have open, and for what.
 *
 * @param served connections that hand in records, at least 1
 * @param lingering connections that got their last answer and are still read; one more is closed immediately
 * @param passing accepted, and either not looked at by their event loop yet or on the way to be closed; at least 2, of
 *     which one is for the socket that is closed as soon as it is accepted, since it is beyond the others
 */
public record ConnectionShare(int served, int lingering, int passing) {

    /** One that is served, one that is told that there is no room, and one that is beyond. */
    public static final int OPEN_MIN = 3;

    /** Connections that linger at a time, however many are served. */
    private static final int LINGERING_MAX = 1_000;

    /** Of those that are served, where they are few. */
    private static final int LINGERING_DIVISOR = 8;

    private static final int LINGERING_MIN = 16;

    private static final int PASSING_MAX = 32;
    private static final int PASSING_MIN = 2;

    /** The part of a small share for those that linger, and for those that pass. */
    private static final int PART_DIVISOR = 4;

    public ConnectionShare {
        if (served < 1 || lingering < 0 || passing < PASSING_MIN) {
            throw new IllegalArgumentException("sockets for " + served + " served, " + lingering + " lingering and "
                    + passing + " passing connections");
        }
    }

    /** Where there are file descriptors enough. */
    public static ConnectionShare usual(int served) {
        return new ConnectionShare(served, usualLingering(served), PASSING_MAX);
    }

    /**
     * The most connections whose sockets are within a number; where that is small, with fewer than usual beside them.
     *
     * @param openMax at least {@link #OPEN_MIN}
     * @param wanted connections to serve, no more of them, at least 1
     */
    public static ConnectionShare within(long openMax, int wanted) {
        int low = 1;
        int high = wanted;
        while (low < high) {
            int middle = (int) ((low + (long) high + 1) / 2);
            if (beside(middle, openMax).openMax() <= openMax) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return beside(low, openMax);
    }

    /** Sockets in all. */
    public int openMax() {
        return served + lingering + passing;
    }

    /** Accepted sockets that are kept; one more is closed as soon as it is accepted. */
    public int acceptedMax() {
        return openMax() - 1;
    }

    private static ConnectionShare beside(int served, long openMax) {
        long part = openMax / PART_DIVISOR;
        return new ConnectionShare(served, (int) Math.min(usualLingering(served), part), (int)
                Math.max(PASSING_MIN, Math.min(PASSING_MAX, part)));
    }

    private static int usualLingering(int served) {
        return Math.max(LINGERING_MIN, Math.min(LINGERING_MAX, served / LINGERING_DIVISOR));
    }
}
