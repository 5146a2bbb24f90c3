package io.decant.ingest.admin;

import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The last answer of a path, for clients that take one which is a moment old: however many pages are open, the answer is
 * made a few times a second. Safe from any thread.
 */
final class RecentAnswer {

    /** Less than anybody sees, and than what a client that asks for it says it takes. */
    static final long AGE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);

    /** A longer one is made anew each time. */
    static final int BYTES_MAX = 256 << 10;

    private record Made(String query, Answer answer, long nanos) {}

    private final Function<AdminRequest, Answer> page;
    private final LongSupplier nanoTime;

    /** Null before the first. */
    private volatile Made last;

    /**
     * @param page makes an answer
     * @param nanoTime the monotonic clock
     */
    RecentAnswer(Function<AdminRequest, Answer> page, LongSupplier nanoTime) {
        this.page = page;
        this.nanoTime = nanoTime;
    }

    /** A new one, or, to who takes it, the last one. */
    Answer of(AdminRequest request) {
        if (!request.takesRecentAnswer()) {
            return page.apply(request);
        }
        long now = nanoTime.getAsLong();
        Made made = last;
        if (made != null && made.query.equals(request.query()) && now - made.nanos <= AGE_NANOS_MAX) {
            return made.answer;
        }
        Answer answer = page.apply(request);
        last = answer.body().length > BYTES_MAX ? null : new Made(request.query(), answer, now);
        return answer;
    }
}
