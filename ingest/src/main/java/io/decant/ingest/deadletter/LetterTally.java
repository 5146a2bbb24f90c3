package io.decant.ingest.deadletter;

import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How many letters were written since the start, by sink and reason. One thread counts, any reads. */
final class LetterTally {

    private final Map<String, Map<Reason, LongAdder>> written = new LinkedHashMap<>();

    LetterTally(Collection<String> sinks) {
        sinks.forEach(sink -> written.put(sink, new EnumMap<>(Reason.class)));
        written.put("", new EnumMap<>(Reason.class));
        written.forEach((sink, reasons) -> {
            for (Reason reason : Reason.values()) {
                if (reason.isOfSink() != sink.isEmpty()) {
                    reasons.put(reason, new LongAdder());
                }
            }
        });
    }

    void count(DeadLetter letter) {
        written.get(letter.sink()).get(letter.reason()).increment();
    }

    /**
     * By sink, the empty one for records that got to none; every reason that a sink may have, with 0 where there was
     * none.
     */
    Map<String, Map<Reason, Long>> written() {
        Map<String, Map<Reason, Long>> now = new LinkedHashMap<>();
        written.forEach((sink, reasons) -> {
            Map<Reason, Long> counts = new EnumMap<>(Reason.class);
            reasons.forEach((reason, count) -> counts.put(reason, count.sum()));
            now.put(sink, counts);
        });
        return now;
    }
}
