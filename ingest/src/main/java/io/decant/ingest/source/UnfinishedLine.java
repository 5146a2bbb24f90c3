package io.decant.ingest.source;

import io.decant.ingest.source.UnfinishedBudget.LongLine;

/**
 * The account of a connection's unfinished line in the {@link UnfinishedBudget}, one line after another. Belongs to the
 * connection's event loop; that others end the line shows in {@link #isEnded()}.
 */
public final class UnfinishedLine {

    private final UnfinishedBudget budget;
    private final Runnable onEnded;

    /** 0 where no line is unfinished. */
    private long number;

    private long bytes;

    /** Null as long as the line is within the least share. */
    private LongLine listed;

    /** @param onEnded run on any thread once the line was ended for the sake of others: passes the message on */
    public UnfinishedLine(UnfinishedBudget budget, Runnable onEnded) {
        this.budget = budget;
        this.onEnded = onEnded;
    }

    /** Different for each line of all connections, higher for a younger one; 0 where no line is unfinished. */
    public long number() {
        return number;
    }

    /** What is reserved for it. */
    long bytes() {
        return bytes;
    }

    /** Whether there was no room for it beside others, so that it must be dropped. */
    public boolean isEnded() {
        return listed != null && listed.isOver();
    }

    /** Reserves so much more for the line, which begins with that if nothing is reserved. False: it must be dropped. */
    public boolean reserve(int more) {
        if (number == 0) {
            number = budget.nextNumber();
        }
        if (isEnded()) {
            return false;
        }
        long length = bytes + more;
        boolean outgrows = (listed == null && length > budget.leastShare())
                || (bytes <= UnfinishedBudget.SHARE_BYTES_MAX && length > UnfinishedBudget.SHARE_BYTES_MAX);
        if (!outgrows) {
            return budget.reserve(this, more, false) && grow(more);
        }
        budget.beginListing();
        try {
            return budget.reserve(this, more, true) && grow(more) && list();
        } finally {
            budget.endListing();
        }
    }

    private boolean grow(int more) {
        if (listed != null && !listed.grow(more)) {
            budget.release(more);
            return false;
        }
        bytes += more;
        return true;
    }

    private boolean list() {
        if (listed == null) {
            listed = new LongLine(number, bytes, onEnded);
        }
        budget.list(listed, bytes);
        return true;
    }

    /** Gives back what is reserved: the line is finished, or dropped. */
    public void release() {
        if (listed == null) {
            budget.release(bytes);
        } else {
            budget.delist(listed);
            budget.release(listed.end());
            listed = null;
        }
        bytes = 0;
        number = 0;
    }
}
