package io.decant.ingest.simulation;

import io.decant.ingest.history.History;
import io.decant.ingest.history.ToldBatches;
import io.decant.ingest.history.ToldEvent;
import java.util.Random;

/** Somebody who reads the events now and then, and comes back after a crash with the id of the last one. */
final class EventWatcher {

    private static final int READS_ONE_OF = 30;

    private final Random random;
    private History history;
    private String lastId = "";
    final ToldBatches told = new ToldBatches(this::isFor);

    EventWatcher(long seed) {
        random = new Random(seed * 0x94D0_49BB_1331_11EBL);
    }

    /** A process begins; of the first, no event may be missed. */
    void begin(History ofProcess) {
        history = ofProcess;
        if (lastId.isEmpty()) {
            lastId = history.events().lastId();
        }
    }

    void mayRead() {
        if (random.nextInt(READS_ONE_OF) == 0) {
            read();
        }
    }

    void read() {
        for (ToldEvent event : ToldEvent.from(history.events(), history.events().begin(lastId))) {
            lastId = event.id();
            told.take(event);
        }
    }

    private boolean isFor(String sink, long batch) {
        return history.batches()
                .batch(batch)
                .map(view -> view.sinks().containsKey(sink))
                .orElse(false);
    }

    int completions() {
        return told.completions("api").size() + told.completions("archive").size();
    }
}
