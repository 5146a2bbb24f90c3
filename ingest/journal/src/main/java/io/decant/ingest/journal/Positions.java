package io.decant.ingest.journal;

/**
 * The four positions of the journal, {@code delivered <= cut <= synced <= appended}. A position is a count of bytes
 * since the journal's creation; it only grows.
 *
 * <p>Access: {@code appended} is written by the journal's writer alone, the other three by the syncer alone; all are
 * read by any thread. Each is a volatile field, written with release semantics by its one writer after the bytes that
 * it speaks of are where it says, so a thread that reads {@code synced >= p} sees everything before {@code p}. A reader
 * that wants several and relies on their order reads the smaller one first.
 *
 * <table>
 * <caption>Who may move what, and when</caption>
 * <tr><th>position</th><th>writer</th><th>meaning</th></tr>
 * <tr><td>appended</td><td>journal writer</td><td>written, perhaps only to memory</td></tr>
 * <tr><td>synced</td><td>syncer</td><td>on stable storage; sources are acknowledged up to here</td></tr>
 * <tr><td>cut</td><td>syncer</td><td>end of the last batch whose closing cut is synced</td></tr>
 * <tr><td>delivered</td><td>syncer</td><td>every sink has all before, and the marks that say so are synced</td></tr>
 * </table>
 */
public final class Positions {

    private volatile long appended;
    private volatile long synced;
    private volatile long cut;
    private volatile long delivered;

    /** Where a recovered journal stands: everything that was read back is synced. */
    public Positions(long end, long cut, long delivered) {
        this.appended = end;
        this.synced = end;
        this.cut = cut;
        this.delivered = delivered;
        check();
    }

    public long appended() {
        return appended;
    }

    public long synced() {
        return synced;
    }

    public long cut() {
        return cut;
    }

    public long delivered() {
        return delivered;
    }

    void appended(long position) {
        grows("appended", appended, position);
        appended = position;
    }

    void synced(long position) {
        grows("synced", synced, position);
        atMost("synced", position, "appended", appended);
        synced = position;
    }

    void cut(long position) {
        grows("cut", cut, position);
        atMost("cut", position, "synced", synced);
        cut = position;
    }

    void delivered(long position) {
        grows("delivered", delivered, position);
        atMost("delivered", position, "cut", cut);
        delivered = position;
    }

    /** Asserts the order of the four. Safe from any thread, since each is read no later than the larger ones. */
    public void check() {
        long d = delivered;
        long c = cut;
        long s = synced;
        long a = appended;
        atMost("delivered", d, "cut", c);
        atMost("cut", c, "synced", s);
        atMost("synced", s, "appended", a);
    }

    private static void grows(String name, long from, long to) {
        if (to < from) {
            throw new IllegalStateException("position " + name + " would go back from " + from + " to " + to);
        }
    }

    private static void atMost(String name, long position, String boundName, long bound) {
        if (position > bound) {
            throw new IllegalStateException(
                    "position " + name + " " + position + " would pass " + boundName + " " + bound);
        }
    }

    @Override
    public String toString() {
        return "delivered " + delivered + " <= cut " + cut + " <= synced " + synced + " <= appended " + appended;
    }
}
