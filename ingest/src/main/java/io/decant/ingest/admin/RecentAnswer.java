package io.decant.ingest.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The last answers of a path, for clients that take one which is a moment old: however many pages are open, each answer
 * is made at most once a second. Safe from any thread.
 */
final class RecentAnswer {

    /** As old as what a client that asks for it says it takes. */
    static final long AGE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    /** A longer one is made anew each time. */
    static final int BYTES_MAX = 512 << 10;

    /** Queries whose answers are kept: what a page asks for when it opens, and what it asks for later. */
    static final int QUERIES_MAX = 2;

    private record Made(Answer answer, long nanos) {}

    private final Function<AdminRequest, Answer> page;
    private final LongSupplier nanoTime;
    /** By query, the one that was made last at the end. */
    private final Map<String, Made> kept = new LinkedHashMap<>();

    /**
     * @param page makes an answer
     * @param nanoTime the monotonic clock
     */
    RecentAnswer(Function<AdminRequest, Answer> page, LongSupplier nanoTime) {
        this.page = page;
        this.nanoTime = nanoTime;
    }

    /** The answer that need not be made; empty: it must be. */
    synchronized Optional<Answer> ready(AdminRequest request) {
        Made made = request.takesRecentAnswer() ? kept.get(request.query()) : null;
        return made != null && nanoTime.getAsLong() - made.nanos <= AGE_NANOS_MAX
                ? Optional.of(made.answer)
                : Optional.empty();
    }

    /** A new one, or, to who takes it, the last one. */
    Answer of(AdminRequest request) {
        Optional<Answer> ready = ready(request);
        if (ready.isPresent()) {
            return ready.get();
        }
        // As old as what it shows.
        long now = nanoTime.getAsLong();
        Answer answer = page.apply(request);
        if (request.takesRecentAnswer()) {
            keep(request.query(), new Made(answer, now));
        }
        return answer;
    }

    private synchronized void keep(String query, Made made) {
        kept.remove(query);
        if (made.answer.body().length > BYTES_MAX) {
            return;
        }
        if (kept.size() == QUERIES_MAX) {
            kept.remove(kept.keySet().iterator().next());
        }
        kept.put(query, made);
    }
}
