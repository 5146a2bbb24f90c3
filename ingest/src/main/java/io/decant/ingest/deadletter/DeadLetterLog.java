package io.decant.ingest.deadletter;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log how many dead letters were written, by sink and reason: the first immediately, then totals at the end
 * of each interval in which there were more, and of the server. Never a line for each. Owned by the thread that writes
 * them.
 */
final class DeadLetterLog {

    /** At most one line of a sink and a reason in this time. */
    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger log = LoggerFactory.getLogger(DeadLetterLog.class);

    /** Of one sink and one reason: what the log was told, and when it may be told again. */
    private static final class Told {
        private long letters;
        private long againNanos;
    }

    private final Supplier<Map<String, Map<Reason, Long>>> written;
    private final Map<String, Told> told = new HashMap<>();
    private long lookAtNanos = Long.MAX_VALUE;

    /** @param written letters since the start, by sink, the empty one for records that got to none, then by reason */
    DeadLetterLog(Supplier<Map<String, Map<Reason, Long>>> written) {
        this.written = written;
    }

    /** Tells what is to be told by now. */
    void look(long nowNanos) {
        lookAtNanos = Long.MAX_VALUE;
        forEach((what, letters) -> {
            Told before = told.computeIfAbsent(what, first -> new Told());
            if (letters == before.letters) {
                return;
            }
            if (before.letters > 0 && nowNanos < before.againNanos) {
                lookAtNanos = Math.min(lookAtNanos, before.againNanos);
                return;
            }
            tell(what, letters - before.letters, letters);
            before.letters = letters;
            before.againNanos = nowNanos + INTERVAL_NANOS;
        });
    }

    /** When {@link #look} has something to tell by time alone; {@link Long#MAX_VALUE}: never. */
    long lookAtNanos() {
        return lookAtNanos;
    }

    /** The server ends: tells the totals. */
    void ended() {
        forEach((what, letters) -> {
            Told before = told.get(what);
            tell(what, letters - (before == null ? 0 : before.letters), letters);
        });
    }

    private static void tell(String what, long more, long letters) {
        log.warn("dead letters: {}: {} more, {} since the start; see 'decant dlq list'", what, more, letters);
    }

    private void forEach(BiConsumer<String, Long> each) {
        written.get()
                .forEach((sink, reasons) -> reasons.forEach((reason, letters) -> {
                    if (letters > 0) {
                        each.accept((sink.isEmpty() ? "of no sink" : "sink " + sink) + ", " + reason.word(), letters);
                    }
                }));
    }
}
